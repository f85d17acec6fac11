"""Every change of seats and of seat requests.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction. Locks
are taken in one order everywhere: subscription, pools by id, members by id; a
request only under its subscription. Each refuses with a `ValidationError` that
has a code and says what to do next, and leaves one row in the ledger for every
change of a pool.
"""

from subscriptions.actions.invitations import expire_invitation, expired_seats, invite_again
from subscriptions.actions.opening import add_line, open_subscription
from subscriptions.actions.purchase import buy_seats, keep_seats, set_seats
from subscriptions.actions.reduction import announce_scheduled_losses
from subscriptions.actions.renewal import renew, renew_if_due
from subscriptions.actions.repair import repair
from subscriptions.actions.requesting import (
    approve_request,
    decline_request,
    request_seats,
    withdraw_request,
)
from subscriptions.actions.seating import assign_seat, release_all_seats, release_seat

__all__ = [
    "add_line",
    "announce_scheduled_losses",
    "approve_request",
    "assign_seat",
    "buy_seats",
    "decline_request",
    "expire_invitation",
    "expired_seats",
    "invite_again",
    "keep_seats",
    "open_subscription",
    "release_all_seats",
    "release_seat",
    "renew",
    "renew_if_due",
    "repair",
    "request_seats",
    "set_seats",
    "withdraw_request",
]
