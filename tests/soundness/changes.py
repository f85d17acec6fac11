"""What the vendor's people change, described a second time: from the requirements (D15).

As `model`: each function takes the State before and gives the one after.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from subscriptions.models import Cycle, Order, Plan, Price, Subscription, TermKind
from subscriptions.rules.changes import (
    AddLine,
    AgreePrice,
    CancelSubscription,
    Change,
    ChangeCycle,
    ChangePlan,
    ChangeSeats,
    CorrectLine,
    EndLine,
    Reopen,
    SetTerms,
    Undo,
)
from subscriptions.rules.quotes import Timing
from tests.soundness import steps
from tests.soundness.state import Pool, Sold, State

Key = tuple[int, int]


def changed(
    was: State, *, subscription: Subscription, what: Change, at: datetime, done: Order, **_: Any
) -> State:
    """One order, and what it changes; a renewal that is due comes first, and by itself."""
    now = _CHANGES[type(what)](was, subscription.pk, what, at.date(), done)
    return steps.ordered(now)


def cents(was: State, subscription: int, what: Change, on: date) -> Fraction:
    """What a change costs today before anything is rounded; negative for a credit (D16)."""
    term = was.terms[subscription]
    share = Fraction((term.end - on).days, (term.end - term.start).days) * term.months
    match what:
        case ChangeSeats():
            return share * _cents_of_seats(was, what)
        case AddLine(plan=plan, pool=pool, seats=seats, unit_cents=unit):
            there = was.pools[pool].seats if pool else seats or 0
            return share * there * (listed(plan, term.months) if unit is None else unit)
        case EndLine(timing=Timing.NOW, credit=True):
            key = _key(was, what.line)
            return -share * _sum(was.lines[key].paid, was.pools[key[0]].seats)
        case CorrectLine():
            return -share * sum(
                seats * unit for seats, unit in was.lines[_key(was, what.line)].paid
            )
        case ChangePlan(timing=Timing.NOW):
            key = _key(was, what.line)
            there = was.pools[key[0]].seats
            new = there * listed(what.plan, term.months)
            return share * (new - _sum(was.lines[key].paid, there))
        case Reopen():
            keys = steps.of_subscription(was, subscription)
            return Fraction(
                term.months * sum(was.pools[key[0]].seats * was.lines[key].unit for key in keys)
            )
    return Fraction(0)


def _cents_of_seats(was: State, what: ChangeSeats) -> int:
    keys, more = steps.of_pool(was, what.pool), what.seats - was.pools[what.pool].seats
    if more > 0:
        return more * sum(was.lines[key].unit for key in keys)
    if what.credit and what.timing == Timing.NOW:
        return -sum(_sum(was.lines[key].paid, -more) for key in keys)
    return 0


def _sum(paid: steps.Paid, seats: int) -> int:
    _left, back = steps.taken_back(paid, seats)
    return sum(there * unit for there, unit in back)


def _key(was: State, line: int) -> Key:
    return next(key for key, sold in was.lines.items() if sold.pk == line)


def listed(plan: int, months: int) -> int:
    """What the catalogue asks; everyone here pays in euros."""
    cycle = next(cycle for cycle in Cycle if Cycle(cycle).months == months)
    return Price.objects.get(plan=plan, currency="EUR", cycle=cycle).cents


# Seats


def _seats(was: State, subscription: int, what: ChangeSeats, on: date, done: Order) -> State:
    """D3, D16: more at once; fewer at renewal, or at once with a credit or without."""
    has = was.pools[what.pool]
    if what.seats > has.seats:
        return steps.more(steps.undone(was, what.pool), what.pool, what.seats - has.seats)
    if what.timing == Timing.AT_RENEWAL:
        return steps.scheduled(was, what.pool, what.seats, ())
    for key in steps.of_pool(was, what.pool) if what.credit else ():
        left, _back = steps.taken_back(was.lines[key].paid, has.seats - what.seats)
        was = steps.line(was, key, paid=left)
    return steps.fewer(was, what.pool, what.seats)


# Lines


def _added(was: State, subscription: int, what: AddLine, on: date, done: Order) -> State:
    """R9: a pool of its own, new or ended before, or one that is there."""
    term = was.terms[subscription]
    pk = what.pool or done.charges.get().line.pool_id
    if not what.pool:
        new = Pool(subscription, str(Plan.objects.get(pk=what.plan)), False, 0, 0, 0)
        opened = replace(was.pools.get(pk, new), ended=None)
        was = replace(was, pools={**was.pools, pk: opened})
        was = steps.more(was, pk, what.seats or 0)
    agreed = what.unit_cents is not None
    unit = listed(what.plan, term.months) if what.unit_cents is None else what.unit_cents
    sold = _as_billed_next(was, subscription, what.plan, Sold(unit, agreed))
    seats = was.pools[pk].seats
    sold = replace(sold, paid=((seats, unit),))
    return relegacied(replace(was, lines={**was.lines, (pk, what.plan): sold}), pk)


def _as_billed_next(was: State, subscription: int, plan: int, sold: Sold) -> Sold:
    """With another billing ahead, at what the catalogue asks for it."""
    months = was.terms[subscription].next_months
    unit = listed(plan, months) if months and not sold.is_agreed else sold.unit
    return replace(sold, next_unit=None if unit == sold.unit else unit)


def _ended(was: State, subscription: int, what: EndLine, on: date, done: Order) -> State:
    key = _key(was, what.line)
    if what.timing == Timing.NOW:
        return _without(was, key, on)
    now = steps.line(was, key, ends=True, next_unit=None)
    return _ends_with_last(now, key[0])


def _corrected(was: State, subscription: int, what: CorrectLine, on: date, done: Order) -> State:
    return _without(was, _key(was, what.line), on)


def _without(was: State, key: Key, on: date) -> State:
    now = without_line(was, key)
    left = steps.of_pool(now, key[0])
    return _ends_with_last(now, key[0]) if left else without_pool(now, key[0], on)


def _ends_with_last(was: State, pool: int) -> State:
    """All of a pool's lines end: so does the pool, and nobody keeps a seat."""
    if not all(was.lines[key].ends for key in steps.of_pool(was, pool)):
        return was
    return steps.scheduled(was, pool, 0, ()) if was.pools[pool].at_renewal else was


def without_line(was: State, key: Key) -> State:
    lines = {each: sold for each, sold in was.lines.items() if each != key}
    now = replace(was, lines=lines)
    return relegacied(now, key[0]) if steps.of_pool(now, key[0]) else now


def without_pool(was: State, pool: int, on: date) -> State:
    """D15: nobody holds a seat, nobody waits for one."""
    now = steps.released(was, steps.everyone(was, pool))
    now = steps.pool(now, pool, seats=0, at_renewal=0, minimum=0, ended=on, is_legacy=False)
    for pk, request in was.requests.items():
        if request.pool == pool and request.status == "open":
            now = steps.closed(now, pk, "declined")
    return now


def relegacied(was: State, pool: int) -> State:
    """R23 holds for a pool with a legacy plan in it."""
    plans = [plan for _pool, plan in steps.of_pool(was, pool)]
    is_legacy = Plan.objects.filter(pk__in=plans, is_legacy=True).exists()
    return steps.pool(was, pool, is_legacy=is_legacy)


# Plans and prices


def _planned(was: State, subscription: int, what: ChangePlan, on: date, done: Order) -> State:
    key, term = _key(was, what.line), was.terms[subscription]
    if what.timing == Timing.AT_RENEWAL:
        unit = listed(what.plan, term.next_months or term.months)
        return steps.line(was, key, next_plan=what.plan, next_unit=unit)
    unit = listed(what.plan, term.months)
    sold = _as_billed_next(was, subscription, what.plan, Sold(unit, False))
    sold = replace(sold, paid=((was.pools[key[0]].seats, unit),))
    return with_plan(was, key, what.plan, sold)


def with_plan(was: State, key: Key, plan: int, sold: Sold) -> State:
    """Another line in its stead; a pool named after the old plan is named after the new one."""
    lines = {each: line for each, line in was.lines.items() if each != key}
    now = relegacied(replace(was, lines={**lines, (key[0], plan): sold}), key[0])
    old, new = str(Plan.objects.get(pk=key[1])), str(Plan.objects.get(pk=plan))
    mine = was.pools[key[0]]
    taken = any(
        pool.name == new and pool.subscription == mine.subscription for pool in was.pools.values()
    )
    return steps.pool(now, key[0], name=new) if mine.name == old and not taken else now


def _agreed(was: State, subscription: int, what: AgreePrice, on: date, done: Order) -> State:
    key = _key(was, what.line)
    if what.timing == Timing.AT_RENEWAL:
        return steps.line(was, key, next_unit=what.unit_cents, is_next_agreed=True)
    sold = was.lines[key]
    later = sold.next_unit if sold.next_plan or sold.is_next_agreed else None
    return steps.line(was, key, unit=what.unit_cents, is_agreed=True, next_unit=later)


def _billed(was: State, subscription: int, what: ChangeCycle, on: date, done: Order) -> State:
    """What is agreed stays, the rest becomes what the catalogue asks."""
    months = Cycle(what.cycle).months
    for (pool, plan), sold in was.lines.items():
        stays = sold.is_agreed and not sold.next_plan
        if was.pools[pool].subscription == subscription and not (
            sold.ends or sold.is_next_agreed or stays
        ):
            unit = listed(sold.next_plan or plan, months)
            was = steps.line(was, (pool, plan), next_unit=unit)
    return steps.term(was, subscription, next_months=months)


# The contract and the end


def _bound(was: State, subscription: int, what: SetTerms, on: date, done: Order) -> State:
    for pk, minimum in what.minimum_seats.items():
        was = steps.pool(was, pk, minimum=minimum)
    return steps.term(was, subscription, bound_until=what.contract_ends_on)


def _cancelled(was: State, subscription: int, *_: Any) -> State:
    return steps.term(was, subscription, ends=True)


def _reopened(was: State, subscription: int, what: Reopen, on: date, done: Order) -> State:
    end = steps.later(on, was.terms[subscription].months)
    now = steps.term(was, subscription, anchor=on, start=on, end=end, ended=None)
    for key in steps.of_subscription(now, subscription):
        seats = now.pools[key[0]].seats
        now = steps.line(now, key, paid=((seats, now.lines[key].unit),) if seats else ())
    return now


# Taking back


def _undone(was: State, subscription: int, what: Undo, on: date, done: Order) -> State:
    if what.what == TermKind.END:
        return steps.term(was, subscription, ends=False)
    if what.what == TermKind.CYCLE:
        return _cycle_stays(was, subscription)
    key = _key(was, what.line or 0)
    term, sold = was.terms[subscription], was.lines[key]
    usual = _as_billed_next(was, subscription, key[1], sold).next_unit
    if what.what == TermKind.LINE:
        now = steps.line(was, key, ends=False, next_unit=usual)
        return now if was.pools[key[0]].at_renewal else steps.undone(now, key[0])
    if what.what == TermKind.PRICE and sold.next_plan:
        usual = listed(sold.next_plan, term.next_months or term.months)
        return steps.line(was, key, next_unit=usual, is_next_agreed=False)
    return steps.line(was, key, next_plan=None, next_unit=usual, is_next_agreed=False)


def _cycle_stays(was: State, subscription: int) -> State:
    term = was.terms[subscription]
    for key in steps.of_subscription(was, subscription):
        sold = was.lines[key]
        if not sold.is_next_agreed:
            unit = listed(sold.next_plan, term.months) if sold.next_plan else None
            was = steps.line(was, key, next_unit=unit)
    return steps.term(was, subscription, next_months=0)


_CHANGES: dict[type, Callable[..., State]] = {
    ChangeSeats: _seats,
    AddLine: _added,
    EndLine: _ended,
    CorrectLine: _corrected,
    ChangePlan: _planned,
    AgreePrice: _agreed,
    ChangeCycle: _billed,
    SetTerms: _bound,
    CancelSubscription: _cancelled,
    Reopen: _reopened,
    Undo: _undone,
}
