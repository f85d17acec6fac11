"""Emails about seats and requests; sent by actions, after the transaction.

What a mail says is read when it is sent, so it tells what was stored. Each goes
only to people of the account it is about, or to the vendor's people who serve it.
"""

from subscriptions.notifications.change_requests import change_closed, change_requested
from subscriptions.notifications.changes import changed_by_vendor, subscription_ended
from subscriptions.notifications.kind import kind_changed
from subscriptions.notifications.losses import losses_announced, losses_called_off, seats_lost
from subscriptions.notifications.orders import seats_bought
from subscriptions.notifications.requests import (
    parts_withdrawn,
    request_closed,
    request_joined,
    request_moved,
    request_opened,
)
from subscriptions.notifications.scarcity import pool_running_out

__all__ = [
    "change_closed",
    "change_requested",
    "changed_by_vendor",
    "kind_changed",
    "losses_announced",
    "losses_called_off",
    "parts_withdrawn",
    "pool_running_out",
    "request_closed",
    "request_joined",
    "request_moved",
    "request_opened",
    "seats_bought",
    "seats_lost",
    "subscription_ended",
]
