"""What was agreed for a renewal takes effect with it (D15)."""

from datetime import date, datetime

from accounts.actors import By
from subscriptions.actions.lines import end_line, end_pool, new_line, set_price
from subscriptions.models import FormerTerm, Line, SeatPool, Subscription


def start_as_agreed(row: Subscription, pools: dict[int, SeatPool], *, by: By, at: datetime) -> None:
    """Lines end, change their plan or their price, and periods are counted in another cycle.

    From the first day after the paid period on, however late the renewal is. Pools and their
    people come before: a pool that ends is empty by now.
    """
    day = row.period_end
    standing = Line.objects.standing().filter(pool__in=list(pools))
    for line in standing.select_related("plan__product", "plan_at_renewal__product"):
        _start(line, pools[line.pool_id], day, by=by, at=at)
    going_on = set(
        Line.objects.standing().filter(pool__in=list(pools)).values_list("pool", flat=True)
    )
    for pool in pools.values():
        if pool.seats == 0 and pool.pk not in going_on:
            end_pool(pool, day, by=by, at=at)
    if row.cycle_at_renewal:
        FormerTerm.objects.create(
            subscription=row, cycle=row.cycle, started_on=row.started_on, until=day
        )
        row.cycle, row.cycle_at_renewal, row.started_on = row.cycle_at_renewal, "", day


def _start(line: Line, pool: SeatPool, day: date, *, by: By, at: datetime) -> None:
    """One line, as it was agreed."""
    plan, unit, is_agreed = (
        line.plan_at_renewal, line.unit_cents_at_renewal, line.is_next_price_agreed
    )  # fmt: skip
    if line.ends_at_renewal or plan:
        end_line(line, day)
    if plan and unit is not None:
        new_line(pool, plan, unit, by=by, at=at, is_agreed=is_agreed, from_day=day)
        _rename(pool, str(line.plan), str(plan))
    elif unit is not None:
        line.unit_cents_at_renewal, line.is_next_price_agreed = None, False
        set_price(line, unit, is_agreed=is_agreed, from_day=day, by=by, at=at)


def _rename(pool: SeatPool, old: str, new: str) -> None:
    """A pool that is named after its plan goes on under the name of the new one, if it is free."""
    if pool.name == old and not pool.subscription.pools.filter(name=new).exists():
        pool.name = new
        pool.save(update_fields=["name"])
