"""The only code that writes lines, their prices, and the pools that come and go with them."""

from datetime import date, datetime

from accounts.actors import By, actor_of
from subscriptions import errors
from subscriptions.actions.fulfilment import close_request
from subscriptions.models import (
    Line,
    LinePrice,
    Order,
    Plan,
    RequestStatus,
    SeatPool,
    SeatRequest,
    Subscription,
)


def new_line(
    pool: SeatPool,
    plan: Plan,
    unit_cents: int,
    *,
    by: By,
    at: datetime,
    order: Order | None = None,
    is_agreed: bool = False,
    from_day: date | None = None,
    next_unit_cents: int | None = None,
) -> Line:
    """A line with the first of its prices, from today on unless `from_day` is given.

    `next_unit_cents`: its price from the renewal on, where that is another.
    """
    day = from_day or at.date()
    line = Line(pool=pool, plan=plan, added_on=day, unit_cents_at_renewal=next_unit_cents)
    set_price(line, unit_cents, is_agreed=is_agreed, from_day=day, by=by, at=at, order=order)
    return line


def set_price(
    line: Line,
    unit_cents: int,
    *,
    is_agreed: bool,
    from_day: date,
    by: By,
    at: datetime,
    order: Order | None = None,
) -> None:
    """Store a line with a price that it has from a day on, and the row that says so."""
    line.unit_cents, line.is_price_agreed = unit_cents, is_agreed
    line.save()
    actor = actor_of(by)
    LinePrice.objects.create(
        line=line, unit_cents=unit_cents, is_agreed=is_agreed, from_day=from_day, order=order,
        at=at, by=actor.user, **actor.through,
    )  # fmt: skip


def end_line(line: Line, on: date) -> None:
    """The line ends, and with it what was agreed for the renewal."""
    line.ended_on, line.ends_at_renewal = on, False
    line.plan_at_renewal, line.unit_cents_at_renewal = None, None
    line.is_next_price_agreed = False
    line.save()


def pool_named(subscription: Subscription, name: str) -> SeatPool:
    """An empty pool of this name: a new one, or the one that ended when its plan did.

    Raises ValidationError `pool_name_taken`: a legacy plan and its successor can have the same
    name.
    """
    pool = subscription.pools.locked().filter(name=name).first()
    if pool is None:
        return SeatPool.objects.create(subscription=subscription, name=name)
    if pool.ended_on is None:
        raise errors.POOL_NAME_TAKEN.error(name=name)
    pool.ended_on = None
    pool.save(update_fields=["ended_on"])
    return pool


def end_pool(pool: SeatPool, on: date, *, by: By, at: datetime, note: str = "") -> None:
    """A locked, empty pool whose last line has ended: no seat can be asked for any more.

    Whoever did is told, with the note.
    """
    pool.ended_on, pool.minimum_seats = on, 0
    pool.save(update_fields=["ended_on", "minimum_seats"])
    open_ones = SeatRequest.objects.open().filter(pool=pool).select_for_update(of=("self",))
    for seat_request in open_ones.with_details():
        close_request(seat_request, RequestStatus.DECLINED, by=actor_of(by), at=at, note=note)
