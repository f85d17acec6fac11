from datetime import date, datetime

from django.db import transaction

from accounts.actors import By
from accounts.models import Account
from core.periods import period_on
from subscriptions import errors
from subscriptions.actions.checks import check_number
from subscriptions.actions.ledger import change_numbers
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import (
    Currency,
    Cycle,
    Line,
    Plan,
    Price,
    SeatChangeKind,
    SeatPool,
    Subscription,
)


def open_subscription(
    *, account: Account, currency: Currency, cycle: Cycle, started_on: date, at: datetime
) -> Subscription:
    """Start an account's subscription; its periods are counted from `started_on`.

    Raises ValidationError `future_day`: seats can be bought in it at once, and every
    price is for a part of a period that has begun.
    """
    if started_on > at.date():
        raise errors.FUTURE_DAY.error()
    period = period_on(started_on, cycle.months, at.date())
    return Subscription.objects.create(
        account=account,
        currency=currency,
        cycle=cycle,
        started_on=started_on,
        period_start=period.start,
        period_end=period.end,
    )


@transaction.atomic
def add_line(
    *,
    subscription: Subscription,
    plan: Plan,
    pool: SeatPool | None,
    seats: int,
    by: By,
    at: datetime,
) -> Line:
    """Add a plan at its catalogue price, in a pool of its own or sharing one (R9).

    `seats` counts for a new pool only; a shared pool keeps its number.
    Raises ValidationError `no_price`, `has_plan`, `bad_number`, `unknown_pool`,
    `pool_name_taken`.
    """
    fresh, pools = lock_renewed(subscription, at)
    price = Price.objects.filter(plan=plan, currency=fresh.currency, cycle=fresh.cycle).first()
    if price is None:
        raise errors.NO_PRICE.error(plan=str(plan))
    if Line.objects.filter(pool__in=pools, plan=plan).exists():
        raise errors.HAS_PLAN.error(plan=str(plan))
    if pool and pool.pk not in pools:
        raise errors.UNKNOWN_POOL.error()
    if not pool:
        pool = _open_pool(fresh, str(plan), seats, by, at)
    return Line.objects.create(pool=pool, plan=plan, unit_cents=price.cents)


def _open_pool(subscription: Subscription, name: str, seats: int, by: By, at: datetime) -> SeatPool:
    check_number(seats)
    # A legacy plan and its successor can have the same name.
    if subscription.pools.filter(name=name).exists():
        raise errors.POOL_NAME_TAKEN.error(name=name)
    pool = SeatPool.objects.create(subscription=subscription, name=name)
    change_numbers(pool, seats=seats, at_renewal=seats, kind=SeatChangeKind.OPENED, by=by, at=at)
    return pool
