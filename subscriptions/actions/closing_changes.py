"""How a change request ends: decided, withdrawn, or done another way (N4)."""

from datetime import datetime

from accounts.actors import Actor, By, actor_of
from core import outbox
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.events import record_change_step
from subscriptions.models import ChangeRequest, ChangeRequestStatus, Subscription
from subscriptions.selectors.change_requests import is_done


def close_change(
    change_request: ChangeRequest,
    status: ChangeRequestStatus,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> None:
    """End a locked, open request, and tell the people concerned (N4)."""
    change_request.status, change_request.closed_at = status, at
    change_request.closed_through, change_request.closed_token = by.channel, by.token
    change_request.note = note
    if status != ChangeRequestStatus.FULFILLED:
        change_request.decided_by = by.user
    change_request.save(
        update_fields=[
            "status", "closed_at", "closed_through", "closed_token", "decided_by", "note", "order"
        ]
    )  # fmt: skip
    record_change_step(change_request, at=at)
    # What has not arrived by now asks for a decision that nobody needs to make any more.
    outbox.discard_about(change_request, at=at)
    after_commit(notifications.change_closed, change_request, about=change_request)


def close_done(
    subscription: Subscription, *, by: By, at: datetime, approved: ChangeRequest | None = None
) -> None:
    """Close the account's open requests for what it has by now, after a change of it (N4).

    Under the lock of the subscription. `approved` is the one that this change is the approval
    of.
    """
    rows = ChangeRequest.objects.open().filter(account=subscription.account_id)
    if approved:
        rows = rows.exclude(pk=approved.pk)
    for row in rows.select_for_update(of=("self",)).with_details():
        if is_done(row, subscription):
            close_change(row, ChangeRequestStatus.FULFILLED, by=actor_of(by), at=at)
