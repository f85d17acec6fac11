"""The only code that charges: one row for each line and the days it pays for, appended (D16)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.history import Actor, user_of
from subscriptions.models import Charge, ChargeKind, Line, Order, SeatChange, Subscription
from subscriptions.pricing import Period, prorate
from subscriptions.quotes import Quote
from subscriptions.seats import PoolSnapshot


def opening_charge(
    line: Line, subscription: Subscription, kind: ChargeKind, *, seats: int, by: Actor, at: datetime
) -> Charge:
    """What a new line costs from the day it is added to the end of the paid period (D3).

    Not stored yet: where it opens a pool, it is to name the seat change.
    """
    on = subscription.day_priced(at.date())
    period = subscription.period_on(on)
    days = period.days_left(on)
    return _charge(
        subscription,
        kind,
        period,
        days,
        line_id=line.pk,
        seats=seats,
        unit_cents=line.unit_cents,
        cents=prorate(seats * line.unit_cents * subscription.months, days, period.days),
        by=user_of(by),
        at=at,
    )


def charge_order(
    quote: Quote, order: Order, changes: Mapping[int, SeatChange], *, by: Actor, at: datetime
) -> None:
    """Charge what an order bought, line by line as quoted; `changes` by the pool's id (N1)."""
    Charge.objects.bulk_create(
        _charge(
            quote.subscription,
            ChargeKind.PURCHASE,
            quote.period,
            quote.days_left,
            line_id=charge.line.id,
            seats=charge.seats,
            unit_cents=charge.line.unit_cents,
            cents=charge.cents,
            by=user_of(by),
            at=at,
            order=order,
            seat_change=changes[change.pool.id],
        )
        for change in quote.changed
        for charge in change.charges
    )


def charge_renewal(
    subscription: Subscription,
    pools: Sequence[PoolSnapshot],
    periods: Sequence[Period],
    at: datetime,
) -> None:
    """Charge whole periods, each line at its pool's number at renewal, on behalf of the system."""
    Charge.objects.bulk_create(
        _charge(
            subscription,
            ChargeKind.RENEWAL,
            period,
            period.days,
            line_id=line.id,
            seats=pool.at_renewal,
            unit_cents=line.unit_cents,
            cents=pool.at_renewal * line.unit_cents * subscription.months,
            by=None,
            at=at,
        )
        for period in periods
        for pool in pools
        for line in pool.lines
    )


def _charge(
    subscription: Subscription, kind: ChargeKind, period: Period, days: int, **what: Any
) -> Charge:
    """One row for the last `days` of a period, which is where every charge ends."""
    return Charge(
        account_id=subscription.account_id,
        kind=kind,
        period_from=period.end - timedelta(days=days),
        period_to=period.end,
        months=subscription.months,
        days=days,
        of_days=period.days,
        currency=subscription.currency,
        **what,
    )
