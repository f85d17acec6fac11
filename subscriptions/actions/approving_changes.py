"""Approving a change request, which does what it asks for."""

from datetime import datetime

from django.db import transaction

from accounts.actors import By, actor_of
from subscriptions import errors
from subscriptions.actions.change_requests import check_may_decide_change, lock_open_change
from subscriptions.actions.changes import carry_out, propose
from subscriptions.actions.closing_changes import close_change
from subscriptions.actions.orders import place_order
from subscriptions.actions.preconditions import check_allowed, check_fingerprint
from subscriptions.models import ChangeRequest, ChangeRequestStatus, Subscription
from subscriptions.rules.change_requests import Terms, change_of
from subscriptions.rules.changes import Proposal
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


@transaction.atomic
def approve_change(
    *,
    change_request: ChangeRequest,
    terms: Terms,
    note: str,
    quote_fingerprint: str,
    by: By,
    at: datetime,
) -> ChangeRequest:
    """Approve a request at the desk, and do what it asks for, once (R3, R22, D15).

    Why it was done is the note, or else what whoever asked said. Raises ValidationError
    `already_decided`, `own_account`, `own_request`, `not_allowed`, `nothing_bought`, and what
    `carry_out` raises.
    """
    row, subscription, _pools = lock_open_change(change_request, at)
    actor = actor_of(by)
    check_may_decide_change(row, by)
    if subscription is None:
        raise errors.OPEN_SUBSCRIPTION_FIRST.error()
    row.order = carry_out(
        subscription=subscription,
        change=change_of(row, terms),
        quote_fingerprint=quote_fingerprint,
        idempotency_key="",
        reason=note.strip() or row.reason,
        by=by,
        at=at,
        approved=row,
    )
    close_change(row, ChangeRequestStatus.APPROVED, by=actor, at=at, note=note)
    return row


def propose_change(
    *, change_request: ChangeRequest, terms: Terms, by: By, at: datetime
) -> Proposal:
    """What approving would do now; refused as approving would be, and nothing changes.

    Raises ValidationError `already_decided`, `own_account`, `own_request`, `not_allowed`,
    `nothing_bought`, and what `propose` raises.
    """
    if not change_request.is_open:
        raise errors.ALREADY_DECIDED.error(status=change_request.get_status_display())
    check_may_decide_change(change_request, by)
    subscription = Subscription.objects.filter(account=change_request.account).first()
    if subscription is None:
        raise errors.OPEN_SUBSCRIPTION_FIRST.error()
    change = change_of(change_request, terms)
    return propose(subscription=subscription, change=change, by=by, at=at)
