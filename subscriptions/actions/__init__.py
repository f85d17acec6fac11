"""Every change of seats, of seat requests, of the catalogue and of the keys of products.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction. Locks
are taken in one order everywhere: subscription, pools by id, members by id; a
request only under its subscription. Each refuses with a `ValidationError` that
has a code and says what to do next, and leaves one row in the ledger for every
change of a pool.
"""

from subscriptions.actions.approving_changes import (
    approve_change,
    approve_reduction,
    propose_change,
)
from subscriptions.actions.catalog import NewPlan, retire_plan, sell_again, set_prices
from subscriptions.actions.change_requests import (
    decline_change,
    request_change,
    withdraw_change,
)
from subscriptions.actions.changes import carry_out, propose
from subscriptions.actions.integrity import repair
from subscriptions.actions.invitations import expire_invitation, expired_seats, invite_again
from subscriptions.actions.joining import join_request, withdraw_request
from subscriptions.actions.kind import change_account_kind
from subscriptions.actions.orders import (
    buy_seats,
    cancel_scheduled_reduction,
    quote_order,
    set_seats,
)
from subscriptions.actions.product_keys import (
    issue_product_key,
    revoke_product_key,
    rotate_product_key,
)
from subscriptions.actions.reductions import announce_scheduled_losses
from subscriptions.actions.renewal import renew, renew_if_due
from subscriptions.actions.requests import (
    approve_request,
    decline_request,
    quote_request,
    request_seats,
    resend_mails,
)
from subscriptions.actions.seats import (
    assign_seat,
    release_all_seats,
    release_assignments,
    release_seat,
)
from subscriptions.actions.subscriptions import add_line, open_subscription

__all__ = [
    "NewPlan",
    "add_line",
    "announce_scheduled_losses",
    "approve_change",
    "approve_reduction",
    "approve_request",
    "assign_seat",
    "buy_seats",
    "cancel_scheduled_reduction",
    "carry_out",
    "change_account_kind",
    "decline_change",
    "decline_request",
    "expire_invitation",
    "expired_seats",
    "invite_again",
    "issue_product_key",
    "join_request",
    "open_subscription",
    "propose",
    "propose_change",
    "quote_order",
    "quote_request",
    "release_all_seats",
    "release_assignments",
    "release_seat",
    "renew",
    "renew_if_due",
    "repair",
    "request_change",
    "request_seats",
    "resend_mails",
    "retire_plan",
    "revoke_product_key",
    "rotate_product_key",
    "sell_again",
    "set_prices",
    "set_seats",
    "withdraw_change",
    "withdraw_request",
]
