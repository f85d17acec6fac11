"""What the vendor's people change in a subscription: tried first, then done (D15).

Each kind of change has a draft, which says all of what it does; a proposal shows it, and
once it is agreed to, the same draft is stored.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor, By, actor_of
from accounts.errors import USED_FORM
from accounts.rules.staff import check_may_serve
from subscriptions import errors
from subscriptions.actions.changes.draft import Draft, Now
from subscriptions.actions.changes.lines import draft_added, draft_corrected, draft_ended
from subscriptions.actions.changes.plans import draft_plan
from subscriptions.actions.changes.prices import draft_price
from subscriptions.actions.changes.seats import draft_seats
from subscriptions.actions.changes.storing import Storing
from subscriptions.actions.changes.terms import (
    draft_cancelled,
    draft_cycle,
    draft_reopened,
    draft_terms,
)
from subscriptions.actions.changes.undo import draft_undone
from subscriptions.actions.closing_changes import close_done
from subscriptions.actions.preconditions import check_not_ended
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import ChangeRequest, Order, OrderKind, Subscription
from subscriptions.rules import changes
from subscriptions.rules.changes import Change, Proposal
from subscriptions.selectors.seats import pools_of

__all__ = ["carry_out", "propose"]

_DRAFTS: dict[type, tuple[OrderKind, Callable[[Any, Now], Draft]]] = {
    changes.ChangeSeats: (OrderKind.SEATS, draft_seats),
    changes.AddLine: (OrderKind.LINE_ADDED, draft_added),
    changes.EndLine: (OrderKind.LINE_ENDED, draft_ended),
    changes.CorrectLine: (OrderKind.LINE_CORRECTED, draft_corrected),
    changes.ChangePlan: (OrderKind.PLAN, draft_plan),
    changes.AgreePrice: (OrderKind.PRICE, draft_price),
    changes.ChangeCycle: (OrderKind.CYCLE, draft_cycle),
    changes.SetTerms: (OrderKind.TERMS, draft_terms),
    changes.CancelSubscription: (OrderKind.CANCELLED, draft_cancelled),
    changes.Reopen: (OrderKind.REOPENED, draft_reopened),
    changes.Undo: (OrderKind.UNDONE, draft_undone),
}


def propose(*, subscription: Subscription, change: Change, by: By, at: datetime) -> Proposal:
    """What a change would do and cost; refused as doing it would be, and nothing changes.

    Where the renewal is due, renew first (`renew_if_due`). Raises ValidationError
    `not_allowed`, `own_account`, `subscription_ended`, `nothing`, and what its draft raises.
    """
    now = _now(subscription, actor_of(by), at)
    return _proposal(_draft(change, now), now)


@transaction.atomic
def carry_out(
    *,
    subscription: Subscription,
    change: Change,
    quote_fingerprint: str,
    idempotency_key: str,
    reason: str,
    by: By,
    at: datetime,
    approved: ChangeRequest | None = None,
) -> Order:
    """Do what `propose` said, if it still says the same (D6, D15).

    The reason is kept with the order, and the owner is told. The same form again, with the
    same `idempotency_key`, returns the same order. `approved` is what was asked for and is
    hereby approved; the account's other requests for what it has then close by themselves.

    Raises ValidationError what `propose` raises, `stale`, `reason_missing`, and `used_form`
    where the key was used for another.
    """
    actor = actor_of(by)
    row, pools = lock_renewed(subscription, at)
    if done := _sent_before(actor, idempotency_key, quote_fingerprint):
        return done
    now = _now(row, actor, at)
    draft = _draft(change, now)
    if _proposal(draft, now).fingerprint != quote_fingerprint:
        raise errors.QUOTE_CHANGED.error()
    if not reason.strip():
        raise errors.REASON_MISSING.error()
    order = Order.objects.create(
        account=row.account, kind=_DRAFTS[type(change)][0], reason=reason.strip(),
        form_key=idempotency_key, quote_fingerprint=quote_fingerprint,
        placed_at=at, placed_by=actor.person, **actor.through,
        currency=row.currency, charged_cents=draft.charged_cents,
    )  # fmt: skip
    Storing(order, now, draft, pools, getattr(change, "chosen", ())).store()
    close_done(row, by=actor, at=at, approved=approved)
    return order


def _sent_before(actor: Actor, key: str, fingerprint: str) -> Order | None:
    if not key:
        return None
    order = Order.objects.filter(placed_by=actor.person, form_key=key).first()
    if order and order.quote_fingerprint != fingerprint:
        raise USED_FORM.error()
    return order


def _now(subscription: Subscription, actor: Actor, at: datetime) -> Now:
    if actor.staff is None:
        raise errors.ONLY_STAFF.error()
    check_may_serve(actor.staff, subscription.account)
    return Now(subscription, pools_of(subscription), actor, at)


def _draft(change: Change, now: Now) -> Draft:
    if not isinstance(change, changes.Reopen):
        check_not_ended(now.subscription)
    draft = _DRAFTS[type(change)][1](change, now)
    if draft.is_empty:
        raise errors.NO_CHANGE.error()
    return draft


def _proposal(draft: Draft, now: Now) -> Proposal:
    subscription = now.subscription
    before = sum(pool.cents_at_renewal for pool in now.pools) * subscription.months_next
    return Proposal(
        subscription=subscription,
        on=now.on,
        renews_on=draft.stored.get("period_end", subscription.period_end),
        of_days=now.period.days,
        pools=tuple(change for change in draft.pools if change.is_change),
        charges=draft.charges,
        terms=draft.terms,
        warnings=draft.warnings,
        period_cents_before=before,
        period_cents=draft.period_cents,
    )
