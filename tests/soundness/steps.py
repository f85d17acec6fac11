"""What the model's actions are made of: one change of one thing, and the rules they share."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from accounts.models import Status
from accounts.permissions import Role
from tests.soundness.state import Pool, State

Seats = Collection[tuple[int, int]]


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

    R23: of a legacy plan a seat that was to go at renewal and is taken stays.
    """
    held = [pool for pool, _member in seats]
    pools = {pk: _holding(pool, held.count(pk)) for pk, pool in was.pools.items()}
    # Only what gives a seat says when.
    since = {seat: was.since[seat] if at is None else was.since.get(seat, at) for seat in seats}
    return replace(was, seats=seats, since=since, pools=pools)


def _holding(pool: Pool, assigned: int) -> Pool:
    at_renewal = max(pool.at_renewal, assigned) if pool.is_legacy else pool.at_renewal
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


def displaced(was: State, pool: int, count: int, choice: Seats = ()) -> list[tuple[int, int]]:
    """D4: the chosen, then those chosen before, then who took theirs last; never the owner."""
    seats = [s for s in was.seats if s[0] == pool and was.members[s[1]].role != Role.OWNER]
    seats.sort(key=lambda s: (s in choice, was.seats[s], was.since[s]), reverse=True)
    return seats[: max(0, count)]


def later(day: date, months: int) -> date:
    """Every period here begins with a month."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, day.day)
