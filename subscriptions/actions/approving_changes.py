"""Approving a change request, which does what it asks for."""

from datetime import datetime

from django.db import transaction

from accounts.actors import By, actor_of
from subscriptions import errors
from subscriptions.actions.change_requests import check_may_decide_change, lock_open_change
from subscriptions.actions.closing_changes import close_change
from subscriptions.actions.orders import place_order
from subscriptions.actions.preconditions import check_allowed, check_fingerprint
from subscriptions.models import ChangeRequest, ChangeRequestStatus
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_targets


@transaction.atomic
def approve_reduction(
    *, change_request: ChangeRequest, note: str, quote_fingerprint: str, by: By, at: datetime
) -> ChangeRequest:
    """Approve fewer seats as a buyer: they go at renewal, as if one removed them oneself (R8, D3).

    Raises ValidationError `already_decided`, `not_allowed`, `unassigned_only`, `not_removable`,
    `nothing`, `stale`.
    """
    row, subscription, pools = lock_open_change(change_request, at)
    actor = actor_of(by)
    check_may_decide_change(row, by)
    if actor.member is None or subscription is None or row.pool_id is None or row.seats is None:
        raise errors.NOT_YOURS_TO_DECIDE.error(who=row.get_addressed_to_display())
    quote = quote_targets(subscription, {row.pool_id: row.seats}, at.date(), Timing.AT_RENEWAL)
    check_allowed(quote)
    if quote.is_empty:
        raise errors.NO_CHANGE.error()
    check_fingerprint(quote, quote_fingerprint)
    row.order = place_order(quote, pools, by=actor, at=at, approved=row)
    close_change(row, ChangeRequestStatus.APPROVED, by=actor, at=at, note=note)
    return row
