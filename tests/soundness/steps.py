"""What the model's actions are made of: one change of one thing, and the rules they share."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from accounts.models import Status
from accounts.permissions import Role
from tests.soundness.state import Pool, State

Seats = Collection[tuple[int, int]]
Paid = tuple[tuple[int, int], ...]


def member(was: State, pk: int, **changes: Any) -> State:
    return replace(was, members={**was.members, pk: replace(was.members[pk], **changes)})


def numbers(was: State, pool: int, seats: int, at_renewal: int) -> State:
    has = replace(was.pools[pool], seats=seats, at_renewal=at_renewal)
    return replace(was, pools={**was.pools, pool: has})


def closed(was: State, pk: int, status: str) -> State:
    return replace(was, requests={**was.requests, pk: replace(was.requests[pk], status=status)})


def choose(was: State, pool: int, chosen: Seats) -> State:
    """Of this pool's seats, these and no others go at renewal."""
    goes = {s: s in chosen if s[0] == pool else other for s, other in was.seats.items()}
    return replace(was, seats=goes)


def seated(was: State, seats: dict[tuple[int, int], bool], at: datetime | None = None) -> State:
    """These seats are held, the new ones since `at`, and each pool counts its own.

    R23: of a legacy plan a seat that was to go at renewal and is taken stays, unless it ends.
    """
    held = [pool for pool, _member in seats]
    pools = {pk: _holding(pool, held.count(pk)) for pk, pool in was.pools.items()}
    # Only what gives a seat says when.
    since = {seat: was.since[seat] if at is None else was.since.get(seat, at) for seat in seats}
    return replace(was, seats=seats, since=since, pools=pools)


def _holding(pool: Pool, assigned: int) -> Pool:
    kept = pool.is_legacy and pool.at_renewal
    at_renewal = max(pool.at_renewal, assigned) if kept else pool.at_renewal
    return replace(pool, assigned=assigned, at_renewal=at_renewal)


def released(was: State, lost: Seats) -> State:
    """D2: an agent left without a seat is an end user, unless suspended."""
    now = given_back(was, lost)
    holding = {holder for _pool, holder in now.seats}
    for _pool, displaced_member in lost:
        who = now.members[displaced_member]
        if (
            displaced_member not in holding
            and who.role == Role.AGENT
            and who.status != Status.SUSPENDED
        ):
            now = member(now, displaced_member, role=Role.END_USER)
    return now


def given_back(was: State, lost: Seats) -> State:
    """These seats are held no more; everyone stays what they are."""
    return seated(was, {seat: goes for seat, goes in was.seats.items() if seat not in lost})


def ordered(was: State) -> State:
    return replace(was, orders=was.orders + 1)


def everyone(was: State, pool: int) -> list[tuple[int, int]]:
    """D15: of a pool that ends, the owner too."""
    return [seat for seat in was.seats if seat[0] == pool]


def line(was: State, key: tuple[int, int], **changes: Any) -> State:
    return replace(was, lines={**was.lines, key: replace(was.lines[key], **changes)})


def pool(was: State, pk: int, **changes: Any) -> State:
    return replace(was, pools={**was.pools, pk: replace(was.pools[pk], **changes)})


def term(was: State, subscription: int, **changes: Any) -> State:
    now = replace(was.terms[subscription], **changes)
    return replace(was, terms={**was.terms, subscription: now})


def of_pool(was: State, pool: int) -> list[tuple[int, int]]:
    return [key for key in was.lines if key[0] == pool]


def of_subscription(was: State, subscription: int) -> list[tuple[int, int]]:
    return [key for key in was.lines if was.pools[key[0]].subscription == subscription]


def bought(was: State, pool: int, seats: int) -> State:
    """D16: so many seats are paid in every line of a pool, at the price of today."""
    for key in of_pool(was, pool) if seats else ():
        sold = was.lines[key]
        was = line(was, key, paid=(*sold.paid, (seats, sold.unit)))
    return was


def taken_back(paid: Paid, seats: int) -> tuple[Paid, Paid]:
    """D16: what is left of what was paid, and what is given back: the last first."""
    left, back = list(paid), []
    while left and seats:
        there, unit = left.pop()
        gone = min(there, seats)
        seats -= gone
        back.append((gone, unit))
        if there > gone:
            left.append((there - gone, unit))
    return tuple(left), tuple(back)


def displaced(was: State, pool: int, count: int, choice: Seats = ()) -> list[tuple[int, int]]:
    """D4: the chosen, then those chosen before, then who took theirs last; never the owner."""
    seats = [s for s in was.seats if s[0] == pool and was.members[s[1]].role != Role.OWNER]
    seats.sort(key=lambda s: (s in choice, was.seats[s], was.since[s]), reverse=True)
    return seats[: max(0, count)]


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last there is."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    return date(day.year + years, month + 1, day.day)


def period(anchor: date, months: int, on: date) -> tuple[date, date]:
    """The period that holds a day, counted from the anchor."""
    number = 0
    while later(anchor, (number + 1) * months) <= on:
        number += 1
    return later(anchor, number * months), later(anchor, (number + 1) * months)


# What a pool's numbers do


def more(was: State, pool: int, seats: int) -> State:
    """D3: at once and for good; what goes at renewal, and who, stays as decided. N4."""
    has = was.pools[pool]
    now = numbers(was, pool, has.seats + seats, has.at_renewal + seats)
    now = bought(now, pool, seats)
    for pk, request in was.requests.items():
        arrived = request.pool == pool and request.enough <= now.pools[pool].seats
        if arrived and request.status == "open":
            now = closed(now, pk, "fulfilled")
    return now


def fewer(was: State, pool: int, seats: int, choice: Seats = ()) -> State:
    """D3, D4: at once; nothing is left to go at renewal."""
    now = released(was, displaced(was, pool, was.pools[pool].assigned - seats, choice))
    return undone(numbers(now, pool, seats, seats), pool)


def scheduled(was: State, pool: int, number: int, choice: Seats) -> State:
    """D3: so many from the renewal on.

    Of those who were named, the ones that somebody chose are remembered (D4); for a
    legacy plan nobody is (R23).
    """
    has = was.pools[pool]
    named = [] if has.is_legacy else displaced(was, pool, has.assigned - number, choice)
    chosen = {seat for seat in named if seat in choice or was.seats[seat]}
    going = chosen if number < has.seats else ()
    return choose(numbers(was, pool, has.seats, number), pool, going)


def undone(was: State, pool: int) -> State:
    """D3: nothing goes at renewal, and nobody."""
    has = was.pools[pool]
    return choose(numbers(was, pool, has.seats, has.seats), pool, ())
