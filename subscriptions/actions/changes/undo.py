"""Taking back what is scheduled for the renewal (D15)."""

from collections.abc import Callable
from dataclasses import replace

from subscriptions import errors
from subscriptions.actions.changes.draft import Draft, Now, with_line
from subscriptions.actions.changes.terms import priced_for
from subscriptions.models import Cycle, Plan, TermKind
from subscriptions.rules.changes import Undo
from subscriptions.rules.quotes import PoolChange


def draft_undone(change: Undo, now: Now) -> Draft:
    """Raises ValidationError `not_scheduled`, `unknown_line`."""
    draft = _DRAFTS.get(change.what)
    if draft is None:
        raise errors.NOT_SCHEDULED.error()
    return draft(change, now)


def _line_stays(change: Undo, now: Now) -> Draft:
    pool, line = now.line(change.line or 0)
    if not line.ends:
        raise errors.NOT_SCHEDULED.error()
    unit = now.next_price(line.plan, line.unit_cents, line.is_price_agreed)
    after = with_line(pool, line, ends=False, next_unit_cents=unit)
    pools: tuple[PoolChange, ...] = ()
    if pool.ends:
        # All seats come back: how many were to stay before was said when it was scheduled.
        pools = (PoolChange(pool, pool.purchased, pool.purchased),)
        after = replace(after, at_renewal=pool.purchased)
    day = now.subscription.period_end
    term = now.term(TermKind.LINE, line.name, None, line.name, line=line.id, from_day=day)
    return now.draft(after, pools=pools, terms=(term,))


def _plan_stays(change: Undo, now: Now) -> Draft:
    pool, line = now.line(change.line or 0)
    if line.next_plan is None:
        raise errors.NOT_SCHEDULED.error()
    unit = now.next_price(line.plan, line.unit_cents, line.is_price_agreed)
    after = with_line(
        pool, line, next_plan=None, next_name="", next_unit_cents=unit, is_next_price_agreed=False
    )
    day = now.subscription.period_end
    term = now.term(TermKind.PLAN, line.name, line.next_name, line.name, line=line.id, from_day=day)
    return now.draft(after, terms=(term,))


def _price_stays(change: Undo, now: Now) -> Draft:
    pool, line = now.line(change.line or 0)
    if not line.is_next_price_agreed or line.next_unit_cents is None:
        raise errors.NOT_SCHEDULED.error()
    if line.next_plan:
        plan = Plan.objects.select_related("product").get(pk=line.next_plan)
        unit: int | None = now.price(plan, now.subscription.cycle_next)
    else:
        unit = now.next_price(line.plan, line.unit_cents, line.is_price_agreed)
    after = with_line(pool, line, next_unit_cents=unit, is_next_price_agreed=False)
    name, day = line.next_name or line.name, now.subscription.period_end
    cents = (line.next_unit_cents, line.unit_cents if unit is None else unit)
    term = now.term(TermKind.PRICE, name, *cents, line=line.id, from_day=day)
    return now.draft(after, terms=(term,))


def _cycle_stays(change: Undo, now: Now) -> Draft:
    subscription = now.subscription
    if not subscription.cycle_at_renewal:
        raise errors.NOT_SCHEDULED.error()
    back, _kept = priced_for(Cycle(subscription.cycle), now)
    terms = [
        now.term(
            TermKind.CYCLE, "", subscription.cycle_at_renewal, subscription.cycle,
            from_day=subscription.period_end,
        )
    ]  # fmt: skip
    # A line without another plan goes on at the price it has, not at that of the catalogue.
    pools = [
        replace(pool, lines=tuple(
            line if line.next_plan or line.is_next_price_agreed
            else replace(line, next_unit_cents=None)
            for line in pool.lines
        ))
        for pool in back
    ]  # fmt: skip
    months = 0 if subscription.ends_at_renewal else subscription.months
    return now.draft(
        *pools, months_next=months, terms=tuple(terms), stored={"cycle_at_renewal": ""}
    )


def _end_stays_away(change: Undo, now: Now) -> Draft:
    subscription = now.subscription
    if not subscription.ends_at_renewal:
        raise errors.NOT_SCHEDULED.error()
    day = subscription.period_end
    term = now.term(TermKind.END, "", day, None, from_day=day)
    return now.draft(
        months_next=subscription.cycle_next.months, terms=(term,), stored={"ends_at_renewal": False}
    )


_DRAFTS: dict[str, Callable[[Undo, Now], Draft]] = {
    TermKind.LINE: _line_stays,
    TermKind.PLAN: _plan_stays,
    TermKind.PRICE: _price_stays,
    TermKind.CYCLE: _cycle_stays,
    TermKind.END: _end_stays_away,
}
