"""The only code that charges: one row for each line and the days it pays for, appended (D16)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.actors import By, actor_of
from core.periods import Period
from subscriptions.models import Charge, ChargeKind, Line, Order, SeatChange, Subscription
from subscriptions.rules.proration import prorate
from subscriptions.rules.quotes import Quote
from subscriptions.rules.seats import PoolSnapshot


def opening_charge(
    line: Line, subscription: Subscription, kind: ChargeKind, *, seats: int, by: By, at: datetime
) -> Charge:
    """What a new line costs from the day it is added to the end of the paid period (D3).

    Not stored yet: where it opens a pool, it is to name the seat change.
    """
    on = subscription.day_priced(at.date())
    period = subscription.period_on(on)
    days = period.days_left(on)
    full = seats * line.unit_cents * subscription.months
    return _charge(
        subscription, kind, period, days, by=by, at=at,
        line_id=line.pk, seats=seats, unit_cents=line.unit_cents,
        cents=prorate(full, days, period.days),
    )  # fmt: skip


def charge_order(
    quote: Quote, order: Order, changes: Mapping[int, SeatChange], *, by: By, at: datetime
) -> None:
    """Charge what an order bought, line by line as quoted; `changes` by the pool's id (N1)."""
    Charge.objects.bulk_create(
        _charge(
            quote.subscription, ChargeKind.PURCHASE, quote.period, quote.days_left, by=by, at=at,
            line_id=charge.line.id, seats=charge.seats, unit_cents=charge.line.unit_cents,
            cents=charge.cents, order=order, seat_change=changes[change.pool.id],
        )
        for change in quote.changed
        for charge in change.charges
    )  # fmt: skip


def charge_renewal(
    subscription: Subscription,
    pools: Sequence[PoolSnapshot],
    periods: Sequence[Period],
    *,
    by: By,
    at: datetime,
) -> None:
    """Charge whole periods, each line at its pool's number at renewal; none for none (D16)."""
    Charge.objects.bulk_create(
        _charge(
            subscription, ChargeKind.RENEWAL, period, period.days, by=by, at=at,
            line_id=line.id, seats=pool.at_renewal, unit_cents=line.unit_cents,
            cents=pool.at_renewal * line.unit_cents * subscription.months,
        )
        for period in periods
        for pool in pools
        if pool.at_renewal
        for line in pool.lines
    )  # fmt: skip


def _charge(
    subscription: Subscription,
    kind: ChargeKind,
    period: Period,
    days: int,
    *,
    by: By,
    at: datetime,
    **what: Any,
) -> Charge:
    """One row for the last `days` of a period, which is where every charge ends."""
    actor = actor_of(by)
    return Charge(
        account_id=subscription.account_id,
        kind=kind,
        period_from=period.end - timedelta(days=days),
        period_to=period.end,
        months=subscription.months,
        days=days,
        of_days=period.days,
        currency=subscription.currency,
        by=actor.user,
        **actor.through,
        at=at,
        **what,
    )
