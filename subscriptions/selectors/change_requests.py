"""Change requests as they are shown: what each would mean, and what a viewer may do with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Account, Membership
from subscriptions.models import ChangeRequest, ChangeRequestKind, Line, Subscription
from subscriptions.rules.change_requests import Wish, is_asked_by, may_decide_change
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.quotes import Quote, Timing
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.offers import plan_offers, product_offers
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.seats import pools_of


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
    before = sum(p.at_renewal * p.unit_cents for p in pools) * subscription.months
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
            more = (offer.unit_cents - offer.line.unit_cents) * pool.at_renewal
            return ChangePreview(
                subscription,
                renews,
                before,
                before + more * subscription.months,
                pool=pool,
                unit_before=offer.line.unit_cents,
                unit_after=offer.unit_cents,
            )
    return None


def _other_product(
    subscription: Subscription, wish: Wish, before: int, renews: date
) -> ChangePreview | None:
    for offer in product_offers(subscription):
        if offer.plan.pk == wish.plan and offer.unit_cents is not None and wish.seats:
            more = offer.unit_cents * wish.seats * subscription.months
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


def is_done(row: ChangeRequest) -> bool:
    """Whether the account has what an open request asks for, read `with_details` (N4)."""
    if row.pool and row.seats:
        return row.pool.seats_at_renewal <= row.seats
    if row.line:
        return row.line.plan_id == row.plan_id
    if row.plan_id:
        lines = Line.objects.filter(pool__subscription__account=row.account_id, ended_on=None)
        return lines.filter(plan=row.plan_id).exists()
    return False
