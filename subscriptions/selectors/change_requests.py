"""Change requests as they are shown: what each would mean, and what a viewer may do with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from accounts.models import Account, Membership
from subscriptions.models import ChangeRequest, ChangeRequestKind, Line, Subscription
from subscriptions.rules.change_requests import Wish, is_asked_by, may_decide_change
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.quotes import Quote, Timing
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.offers import plan_offers, product_offers
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents


@dataclass(frozen=True)
class ChangePreview:
    """What a change would mean from the next renewal on; amounts in cents, net.

    `unit_*` are per seat and month, `period_*` for a whole period of all the account has.
    """

    subscription: Subscription
    from_day: date
    period_before: int
    period_after: int
    pool: PoolSnapshot | None = None
    seats_after: int | None = None
    unit_before: int | None = None
    unit_after: int | None = None
    quote: Quote | None = None
    assigned: int = 0

    @property
    def displaced(self) -> tuple[Holder, ...]:
        return self.quote.displaced if self.quote else ()


@dataclass(frozen=True)
class ChangeRow:
    """`preview` says what it would mean now; None once it is closed, or for a first order."""

    change_request: ChangeRequest
    days_waiting: int
    preview: ChangePreview | None
    can_decide: bool
    can_withdraw: bool


def wish_of(row: ChangeRequest) -> Wish:
    """What a stored request asks for."""
    return Wish(ChangeRequestKind(row.kind), row.pool_id, row.line_id, row.plan_id, row.seats)


def preview(subscription: Subscription, wish: Wish, on: date) -> ChangePreview | None:
    """What a wish would mean; None where that cannot be computed."""
    pools = pools_of(subscription)
    before = next_period_cents(subscription, pools)
    renews = subscription.period_on(on).end
    if wish.kind is ChangeRequestKind.FEWER_SEATS and wish.pool and wish.seats:
        return _fewer(subscription, wish.pool, wish.seats, on)
    if wish.kind is ChangeRequestKind.OTHER_PLAN:
        return _other_plan(subscription, pools, wish, before, renews)
    if wish.kind is ChangeRequestKind.OTHER_PRODUCT:
        return _other_product(subscription, wish, before, renews)
    if wish.kind is ChangeRequestKind.CANCELLATION:
        assigned = sum(pool.assigned for pool in pools)
        return ChangePreview(subscription, renews, before, 0, assigned=assigned)
    return None


def _fewer(subscription: Subscription, pool: int, seats: int, on: date) -> ChangePreview | None:
    quote = quote_targets(subscription, {pool: seats}, on, Timing.AT_RENEWAL)
    changed = next((c for c in quote.changes if c.pool.id == pool), None)
    if changed is None or seats >= changed.pool.at_renewal:
        return None
    return ChangePreview(
        subscription,
        quote.period.end,
        quote.period_cents_before,
        quote.period_cents,
        pool=changed.pool,
        seats_after=seats,
        quote=quote,
    )


def _other_plan(
    subscription: Subscription, pools: list[PoolSnapshot], wish: Wish, before: int, renews: date
) -> ChangePreview | None:
    for offer in plan_offers(subscription):
        if (offer.line.pk, offer.plan.pk) == (wish.line, wish.plan):
            pool = next(pool for pool in pools if pool.id == offer.line.pool_id)
            had = offer.line.unit_cents
            more = (offer.unit_cents - had) * pool.at_renewal
            return ChangePreview(
                subscription,
                renews,
                before,
                before + more * subscription.months_next,
                pool=pool,
                unit_before=had,
                unit_after=offer.unit_cents,
            )
    return None


def _other_product(
    subscription: Subscription, wish: Wish, before: int, renews: date
) -> ChangePreview | None:
    for offer in product_offers(subscription):
        if offer.plan.pk == wish.plan and offer.unit_cents is not None and wish.seats:
            more = offer.unit_cents * wish.seats * subscription.months_next
            return ChangePreview(
                subscription,
                renews,
                before,
                before + more,
                seats_after=wish.seats,
                unit_after=offer.unit_cents,
            )
    return None


def change_rows(
    rows: Iterable[ChangeRequest],
    subscription: Subscription | None,
    viewer: Membership,
    at: datetime,
) -> list[ChangeRow]:
    """The rows of the Requests page; a few queries for each open one."""
    return [_row(row, subscription, viewer, at) for row in rows]


def _row(
    row: ChangeRequest, subscription: Subscription | None, viewer: Membership, at: datetime
) -> ChangeRow:
    shown = row.is_open and subscription is not None
    return ChangeRow(
        change_request=row,
        days_waiting=row.days_waiting(at),
        preview=preview(subscription, wish_of(row), at.date()) if shown and subscription else None,
        can_decide=row.is_open and may_decide_change(row, viewer),
        can_withdraw=row.is_open and is_asked_by(row, viewer),
    )


def open_changes(account: Account) -> list[ChangeRequest]:
    """All that is open in an account, the longest waiting first."""
    rows = ChangeRequest.objects.open().filter(account=account)
    return list(rows.with_details().order_by("requested_at", "pk"))


def same_open(wanted: ChangeRequest) -> bool:
    """Whether something open in the account is about the same (see the constraints)."""
    rows = ChangeRequest.objects.open().filter(account=wanted.account)
    if wanted.pool:
        return rows.filter(pool=wanted.pool).exists()
    if wanted.line:
        return rows.filter(line=wanted.line).exists()
    if wanted.plan_id:
        return rows.filter(plan=wanted.plan_id, line=None).exists()
    return rows.filter(kind=wanted.kind).exists()


def is_done(row: ChangeRequest, subscription: Subscription) -> bool:
    """Whether the account has what an open request asks for, or will from the renewal on (N4)."""
    if row.is_cancellation:
        return subscription.ends_at_renewal or subscription.is_ended
    if row.pool and row.seats:
        return row.pool.seats_at_renewal <= row.seats
    lines = Line.objects.standing().filter(pool__subscription=subscription)
    if row.line:
        # Another plan at once is another line in the place of the first.
        lines = lines.filter(pool=row.line.pool_id)
    return lines.filter(Q(plan=row.plan_id) | Q(plan_at_renewal=row.plan_id)).exists()
