from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.actors import By
from accounts.models import Account
from core.periods import period_on
from subscriptions import errors
from subscriptions.actions.charges import opening_charge
from subscriptions.actions.closing_changes import close_done
from subscriptions.actions.ledger import change_numbers
from subscriptions.actions.lines import new_line, pool_named
from subscriptions.actions.preconditions import check_not_ended, check_number
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import (
    ChargeKind,
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

    `seats` counts for a new pool only; a shared pool keeps its number. Charged like
    seats that are bought: for the days left of the paid period, `at` included (D3, D16).
    Raises ValidationError `no_price`, `has_plan`, `bad_number`, `unknown_pool`,
    `pool_name_taken`, `ending`, `subscription_ended`.
    """
    fresh, pools = lock_renewed(subscription, at)
    check_not_ended(fresh)
    price = Price.objects.filter(plan=plan, currency=fresh.currency, cycle=fresh.cycle).first()
    if price is None:
        raise errors.NO_PRICE.error(plan=str(plan))
    lines = Line.objects.standing().filter(pool__in=pools)
    if lines.filter(Q(plan=plan) | Q(plan_at_renewal=plan)).exists():
        raise errors.HAS_PLAN.error(plan=str(plan))
    if pool and pool.pk not in pools:
        raise errors.UNKNOWN_POOL.error()
    if pool and pools[pool.pk].seats_at_renewal == 0:
        raise errors.ENDING.error(name=pool.name)
    if pool is None:
        check_number(seats)
    line = new_line(pool or pool_named(fresh, str(plan)), plan, price.cents, by=by, at=at)
    if pool is None:
        _open(line, fresh, seats, by, at)
    elif there := pools[pool.pk].seats:
        opening_charge(line, fresh, ChargeKind.LINE_ADDED, seats=there, by=by, at=at).save()
    close_done(fresh, by=by, at=at)
    return line


def _open(line: Line, subscription: Subscription, seats: int, by: By, at: datetime) -> None:
    """Put the first seats into a new line's pool, and charge them."""
    charge = opening_charge(line, subscription, ChargeKind.FIRST_PERIOD, seats=seats, by=by, at=at)
    charge.seat_change = change_numbers(
        line.pool,
        seats=seats,
        at_renewal=seats,
        kind=SeatChangeKind.OPENED,
        by=by,
        at=at,
        cents=charge.cents,
    )
    charge.save()
