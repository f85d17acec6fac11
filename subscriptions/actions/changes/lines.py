"""A plan more, a plan less, and one that was added by mistake (D15)."""

from dataclasses import replace
from datetime import date

from subscriptions import errors
from subscriptions.actions.changes.credits import credits_for
from subscriptions.actions.changes.draft import Draft, Now, with_line, without_line
from subscriptions.actions.preconditions import check_number, check_price, refusal_of_minimum
from subscriptions.models import Charge, ChargeKind, Line, Plan, TermKind
from subscriptions.models.charges import BEGINNINGS
from subscriptions.rules.changes import AddLine, CorrectLine, EndLine, ProposedCharge
from subscriptions.rules.inclusions import bought_twice
from subscriptions.rules.proration import prorate
from subscriptions.rules.quotes import PoolChange, Timing
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot
from subscriptions.selectors.quotes import with_people
from subscriptions.selectors.seats import line_snapshot

# A pool that is not there yet.
NEW_POOL = 0


def draft_added(change: AddLine, now: Now) -> Draft:
    """Raises ValidationError `unknown_plan`, `has_plan`, `no_price`, `unknown_pool`,
    `bad_number`, `pool_name_taken`, `ending`.
    """
    plan = plan_of(change.plan, now)
    agreed = change.unit_cents
    unit = now.price(plan, now.subscription.cycle) if agreed is None else check_price(agreed)
    line = new_snapshot(Line(plan=plan, unit_cents=unit, is_price_agreed=agreed is not None), now)
    if change.pool is None:
        pool, pools = _new_pool(change, str(plan), now)
    else:
        pool, pools = now.pool(change.pool), ()
        if pool.ends:
            raise errors.ENDING.error(name=pool.name)
    kind = ChargeKind.LINE_ADDED if pool.id else ChargeKind.FIRST_PERIOD
    return now.draft(
        replace(pool, lines=(*pool.lines, line)),
        pools=pools,
        charges=(charge_added(now, kind, pool, line),),
        terms=(now.term(TermKind.LINE, line.name, None, line.name, pool=pool.id or None),),
        warnings=bought_twice(now.pools, line),
    )


def new_snapshot(line: Line, now: Now) -> LineSnapshot:
    """A line that is added: from the renewal on at what the catalogue asks for the billing then."""
    after = now.next_price(line.plan_id, line.unit_cents, line.is_price_agreed)
    return replace(line_snapshot(line), next_unit_cents=after)


def plan_of(pk: int, now: Now) -> Plan:
    """A plan the subscription has not yet. Raises ValidationError `unknown_plan`, `has_plan`."""
    plan = Plan.objects.select_related("product").filter(pk=pk).first()
    if plan is None:
        raise errors.UNKNOWN_PLAN.error()
    if any(pk in (line.plan, line.next_plan) for pool in now.pools for line in pool.lines):
        raise errors.HAS_PLAN.error(plan=str(plan))
    return plan


def _new_pool(change: AddLine, name: str, now: Now) -> tuple[PoolSnapshot, tuple[PoolChange, ...]]:
    seats = change.seats or 0
    check_number(seats)
    if any(pool.name == name for pool in now.pools):
        raise errors.POOL_NAME_TAKEN.error(name=name)
    empty = PoolSnapshot(
        NEW_POOL, name, purchased=0, assigned=0, at_renewal=0,
        is_legacy=False, is_main=False, lines=(),
    )  # fmt: skip
    opened = replace(empty, purchased=seats, at_renewal=seats)
    return opened, (PoolChange(empty, seats, seats),)


def charge_added(
    now: Now, kind: ChargeKind, pool: PoolSnapshot, line: LineSnapshot
) -> ProposedCharge:
    """What a line that is added costs for the days left, at the seats there are."""
    full = pool.purchased * line.unit_cents * now.subscription.months
    return ProposedCharge(
        kind=kind,
        name=line.name,
        line=None,
        pool=pool.id,
        seats=pool.purchased,
        unit_cents=line.unit_cents,
        days=now.days_left,
        cents=prorate(full, now.days_left, now.period.days),
    )


def draft_ended(change: EndLine, now: Now) -> Draft:
    """Raises ValidationError `unknown_line`, `ending`, `scheduled_already`, `below_minimum`."""
    pool, line = now.line(change.line)
    if line.ends and change.timing == Timing.AT_RENEWAL:
        raise errors.ENDING.error(name=line.name)
    if change.timing == Timing.AT_RENEWAL:
        _check_minimum(pool, line, now, now.subscription.period_end)
        return _ending_at_renewal(pool, line, now)
    _check_minimum(pool, line, now, now.on)
    credits = credits_for(now, pool, line, pool.purchased) if change.credit else ()
    return _ended_now(pool, line, now, credits)


def _check_minimum(pool: PoolSnapshot, line: LineSnapshot, now: Now, acts_on: date) -> None:
    """With the last line that goes on, the pool goes."""
    if all(each.ends for each in without_line(pool, line).lines) and (
        refusal := refusal_of_minimum(now.subscription, pool, 0, acts_on)
    ):
        raise refusal


def _ending_at_renewal(pool: PoolSnapshot, line: LineSnapshot, now: Now) -> Draft:
    if line.next_plan or line.is_next_price_agreed:
        raise errors.SCHEDULED_ALREADY.error(name=line.name)
    after = with_line(pool, line, ends=True, next_unit_cents=None)
    day = now.subscription.period_end
    term = now.term(TermKind.LINE, line.name, line.name, None, line=line.id, from_day=day)
    goes = all(each.ends for each in after.lines)
    pools = with_people([PoolChange(pool, pool.purchased, 0)], ()) if goes else []
    after = replace(after, at_renewal=0) if goes else after
    return now.draft(after, pools=tuple(pools), terms=(term,))


def _ended_now(
    pool: PoolSnapshot, line: LineSnapshot, now: Now, credits: tuple[ProposedCharge, ...]
) -> Draft:
    after = without_line(pool, line)
    pools: list[PoolChange] = []
    if not after.lines:
        pools = with_people([PoolChange(pool, 0, 0)], ())
        after = replace(after, purchased=0, at_renewal=0)
    elif pool.at_renewal and all(each.ends for each in after.lines):
        pools = with_people([PoolChange(pool, pool.purchased, 0)], ())
        after = replace(after, at_renewal=0)
    term = now.term(TermKind.LINE, line.name, line.name, None, line=line.id)
    return now.draft(after, pools=tuple(pools), charges=credits, terms=(term,))


def draft_corrected(change: CorrectLine, now: Now) -> Draft:
    """Raises ValidationError `unknown_line`, `not_added_today`.

    A line that took over from another plan was not added: what it replaced is not there any
    more.
    """
    pool, line = now.line(change.line)
    first = Charge.objects.filter(line=line.id).select_related("order").order_by("pk").first()
    took_over = first is None or first.kind not in BEGINNINGS or first.is_of_plan_change
    if took_over or Line.objects.get(pk=line.id).added_on != now.at.date():
        raise errors.NOT_ADDED_TODAY.error(name=line.name)
    return _ended_now(pool, line, now, credits_for(now, pool, line))
