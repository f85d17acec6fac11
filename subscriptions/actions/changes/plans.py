"""Another plan for a line (D15)."""

from dataclasses import replace

from subscriptions import errors
from subscriptions.actions.changes.credits import credits_for
from subscriptions.actions.changes.draft import Draft, Now, with_line, without_line
from subscriptions.actions.changes.lines import charge_added, new_snapshot, plan_of
from subscriptions.models import ChargeKind, Line, Plan, TermKind
from subscriptions.rules.changes import ChangePlan
from subscriptions.rules.inclusions import bought_twice
from subscriptions.rules.quotes import Timing
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot
from subscriptions.selectors.seats import line_snapshot


def draft_plan(change: ChangePlan, now: Now) -> Draft:
    """Raises ValidationError `unknown_line`, `unknown_plan`, `has_plan`, `no_price`, `ending`,
    `scheduled_already`, `downgrade_at_renewal`.
    """
    pool, line = now.line(change.line)
    plan = plan_of(change.plan, now)
    if line.ends:
        raise errors.ENDING.error(name=line.name)
    if line.next_plan or line.is_next_price_agreed:
        raise errors.SCHEDULED_ALREADY.error(name=line.name)
    if change.timing == Timing.AT_RENEWAL:
        return _at_renewal(pool, line, plan, now)
    unit = now.price(plan, now.subscription.cycle)
    if unit < line.unit_cents:
        raise errors.DOWNGRADE_AT_RENEWAL.error(plan=str(plan))
    new = new_snapshot(Line(plan=plan, unit_cents=unit), now)
    rest = without_line(pool, line)
    return now.draft(
        renamed(replace(rest, lines=(*rest.lines, new)), line, new, now),
        charges=(
            *credits_for(now, pool, line, pool.purchased),
            charge_added(now, ChargeKind.LINE_ADDED, pool, new),
        ),
        terms=(now.term(TermKind.PLAN, line.name, line.name, str(plan), line=line.id),),
        warnings=_overlaps(now, line, new),
    )


def _at_renewal(pool: PoolSnapshot, line: LineSnapshot, plan: Plan, now: Now) -> Draft:
    unit = now.price(plan, now.subscription.cycle_next)
    day = now.subscription.period_end
    new = replace(line_snapshot(Line(plan=plan, unit_cents=unit)), id=line.id)
    after = with_line(pool, line, next_plan=plan.pk, next_name=str(plan), next_unit_cents=unit)
    plan_term = now.term(TermKind.PLAN, line.name, line.name, str(plan), line=line.id, from_day=day)
    price_term = now.term(
        TermKind.PRICE, str(plan), line.unit_cents, unit, line=line.id, from_day=day
    )
    return now.draft(after, terms=(plan_term, price_term), warnings=_overlaps(now, line, new))


def _overlaps(now: Now, line: LineSnapshot, new: LineSnapshot) -> tuple[str, ...]:
    """What the account has twice then; not with the line that the plan replaces."""
    others = [without_line(pool, line) for pool in now.pools]
    return bought_twice(others, new)


def renamed(pool: PoolSnapshot, line: LineSnapshot, new: LineSnapshot, now: Now) -> PoolSnapshot:
    """A pool that is named after its plan goes on under the name of the new one, if that is free.

    A product kept under its old name would be looked for in vain.
    """
    taken = now.subscription.pools.filter(name=new.name).exists()
    return replace(pool, name=new.name) if pool.name == line.name and not taken else pool
