"""A second, independent description of what each action does, and nothing else.

From the requirements and not from the code. Each function takes the State
before and what the action was called with, and gives the State after; whatever
else a action changes is as wrong as what it leaves undone. Whether it may be
done at all is not asked here: only what was done is held against this.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.actions import (
    accept_invitation,
    suspend,
    transfer_ownership,
)
from accounts.actors import Actor, actor_of
from accounts.models import Channel, Membership, Status
from accounts.permissions import Role
from subscriptions.actions import (
    cancel_scheduled_reduction,
    decline_request,
    expire_invitation,
    invite_again,
    renew,
    withdraw_request,
)
from subscriptions.models import RequestPart, SeatAssignment, SeatPool, SeatRequest, Subscription
from subscriptions.rules.commands import DAILY_RENEWAL, EXPIRY
from subscriptions.rules.quotes import Timing
from subscriptions.rules.seats import PoolSnapshot
from team.actions import (
    add_member,
    change_member,
    downgrade_to_end_user,
    reactivate_member,
    release_seats,
    remove_member,
    withdraw_member,
)
from tests import moves
from tests.soundness import changes, steps
from tests.soundness.state import Member, Part, Request, Sold, State

Action = Callable[..., Any]
INVITATION = timedelta(days=settings.INVITATION_DAYS)


def after(action: Action, was: State, done: Any, **what: Any) -> State:
    """What must be stored once the action is done; `done` is what it gave back."""
    return ACTIONS[action](was, done=done, **what)


def actor(action: Action, what: Mapping[str, Any]) -> Actor:
    """D18: a member on a page, a program, a representative in the admin, the system by itself."""
    by_itself = {renew: DAILY_RENEWAL, expire_invitation: EXPIRY}
    by = what["membership"] if action is accept_invitation else what.get("by")
    if isinstance(by, Actor):
        return by
    if isinstance(by, Membership):
        return Actor(Channel.PAGE, member=by)
    return Actor(Channel.ADMIN, staff=by) if by else by_itself[action]


# Seats


def _bought(was: State, *, counts: Mapping[SeatPool, int], at: datetime, **_: Any) -> State:
    """R14, D3."""
    was = _in_todays_period(was, next(iter(counts)).pk, at)
    for pool, more in counts.items():
        was = steps.more(was, pool.pk, more)
    return steps.ordered(was)


def _set(
    was: State,
    *,
    targets: Mapping[SeatPool, int],
    at: datetime,
    timing: Timing,
    chosen: Collection[SeatAssignment],
    **_: Any,
) -> State:
    """R8: the number needed; as there are no more or fewer today, or from the renewal on."""
    was = _in_todays_period(was, next(iter(targets)).pk, at)
    choice = {(seat.pool_id, seat.membership_id) for seat in chosen}
    for pool, number in targets.items():
        has = was.pools[pool.pk]
        if number > has.seats:
            was = steps.more(steps.undone(was, pool.pk), pool.pk, number - has.seats)
        elif timing == Timing.NOW and number < has.at_renewal:
            was = steps.fewer(was, pool.pk, number, choice)
        else:
            was = steps.scheduled(was, pool.pk, number, choice)
    return steps.ordered(was)


def _kept(was: State, *, pool: PoolSnapshot, at: datetime, **_: Any) -> State:
    return steps.undone(_in_todays_period(was, pool.id, at), pool.id)


# Requests


def _asked(
    was: State, *, pool: SeatPool, seats: int, at: datetime, done: SeatRequest, **_: Any
) -> State:
    """R13, R19."""
    was = _in_todays_period(was, pool.pk, at)
    there = was.pools[pool.pk].seats
    enough, part = there + seats, _part(done, seats, there)
    request = Request(pool.pk, seats, enough, "open", (part,))
    return replace(was, requests={**was.requests, done.pk: request})


def _approved(was: State, *, seat_request: SeatRequest, at: datetime, **_: Any) -> State:
    """R22: exactly what was asked for is added."""
    asked = was.requests[seat_request.pk]
    now = _closed(was, seat_request, "approved", at)
    return steps.ordered(steps.more(now, asked.pool, asked.seats))


def _declined(was: State, *, seat_request: SeatRequest, at: datetime, **_: Any) -> State:
    return _closed(was, seat_request, "declined", at)


def _joined(
    was: State, *, seat_request: SeatRequest, seats: int, at: datetime, done: RequestPart, **_: Any
) -> State:
    """D20."""
    asked = was.requests[seat_request.pk]
    now = _in_todays_period(was, asked.pool, at)
    return _asked_by(
        now, seat_request, (*asked.parts, _part(done, seats, now.pools[asked.pool].seats))
    )


def _withdrawn(
    was: State, *, seat_request: SeatRequest, by: moves.Who, at: datetime, **_: Any
) -> State:
    """D20, N4: of several one's own parts only, and what is left may have arrived."""
    asked = was.requests[seat_request.pk]
    actor = actor_of(by)
    mine = (1, actor.token.pk) if actor.token else (0, actor.acting_member.pk)
    left = tuple(part for part in asked.parts if part[mine[0]] != mine[1])
    if not left:
        return _closed(was, seat_request, "withdrawn", at)
    now = _asked_by(_in_todays_period(was, asked.pool, at), seat_request, left)
    return steps.more(now, asked.pool, 0)


def _part(asked: SeatRequest | RequestPart, seats: int, there: int) -> Part:
    return asked.requested_by_id, asked.requested_token_id, seats, there


def _asked_by(was: State, request: SeatRequest, parts: tuple[Part, ...]) -> State:
    """Seats that were there before somebody asked are not for them."""
    asked = was.requests[request.pk]
    seats, enough = sum(number for _member, _token, number, _there in parts), 0
    for _member, _token, number, there in parts:
        enough = max(enough, there) + number
    changed = replace(asked, seats=seats, enough=enough, parts=parts)
    return replace(was, requests={**was.requests, request.pk: changed})


def _closed(was: State, request: SeatRequest, status: str, at: datetime) -> State:
    now = _in_todays_period(was, was.requests[request.pk].pool, at)
    return steps.closed(now, request.pk, status)


# People


def _added(
    was: State,
    *,
    email: str,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    by: moves.Who,
    at: datetime,
    done: Membership,
    **_: Any,
) -> State:
    """R18, D2: invited, with their seats; who is there as an end user joins the team at once."""
    there = was.members.get(done.pk)
    if there is None or there.status == Status.REMOVED:
        until = at + INVITATION
        member = Member(by.account.pk, email, name, role, Status.INVITED, at, until)
    elif (there.role, there.status) == (Role.END_USER, Status.ACTIVE) and role != Role.END_USER:
        member = replace(there, name=name, role=role)
    else:
        # D6: the same form again.
        return was
    now = replace(was, members={**was.members, done.pk: member})
    return steps.seated(now, {**now.seats, **{(pool, done.pk): False for pool in pool_ids}}, at)


def _changed(
    was: State,
    *,
    membership: Membership,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    at: datetime,
    **_: Any,
) -> State:
    """D2: this name, this role and exactly these seats."""
    pk = membership.pk
    others = {seat: goes for seat, goes in was.seats.items() if seat[1] != pk}
    theirs = {(pool, pk): was.seats.get((pool, pk), False) for pool in pool_ids}
    return steps.seated(steps.member(was, pk, name=name, role=role), {**others, **theirs}, at)


def _accepted(was: State, *, membership: Membership, **_: Any) -> State:
    return steps.member(was, membership.pk, status=Status.ACTIVE, open_until=None)


def _returned(
    was: State,
    *,
    membership: Membership,
    role: Role,
    pool_ids: Collection[int],
    at: datetime,
    **_: Any,
) -> State:
    """D2: as they were; an agent without a seat as what they are given, and with those seats."""
    pk = membership.pk
    now = steps.member(was, pk, status=Status.ACTIVE)
    seated = any(holder == pk for _pool, holder in was.seats)
    if was.members[pk].role != Role.AGENT or seated:
        return now
    theirs = {(pool, pk): False for pool in pool_ids}
    return steps.seated(steps.member(now, pk, role=role), {**now.seats, **theirs}, at)


def _invited_again(was: State, *, membership: Membership, at: datetime, **_: Any) -> State:
    """D14: with the seats that this invitation gave back; none where it was decided anew since."""
    pk = membership.pk
    who, (lapsed_at, pools) = was.members[pk], was.lapsed.get(pk, (at, frozenset()))
    decided = who.role == Role.END_USER or any(holder == pk for _pool, holder in was.seats)
    if decided or who.open_until is None or lapsed_at <= who.open_until - INVITATION:
        pools = frozenset()
    now = steps.member(was, pk, open_until=at + INVITATION)
    return steps.seated(now, {**now.seats, **{(pool, pk): False for pool in pools}}, at)


def _expired(was: State, *, membership: Membership, at: datetime, **_: Any) -> State:
    """D14: the seats are given back; who was invited stays invited, as what they were.

    Neither an owner's invitation nor one that can still be accepted.
    """
    pk, who = membership.pk, was.members[membership.pk]
    if who.role == Role.OWNER or who.open_until is None or at < who.open_until:
        return was
    lost = [seat for seat in was.seats if seat[1] == pk]
    lapsed = {pk: (at, frozenset(pool for pool, _member in lost))} if lost else {}
    return replace(steps.given_back(was, lost), lapsed={**was.lapsed, **lapsed})


def _suspended(was: State, *, membership: Membership, **_: Any) -> State:
    """D2: the seats stay theirs."""
    return steps.member(was, membership.pk, status=Status.SUSPENDED)


def _without_seats(was: State, *, membership: Membership, **_: Any) -> State:
    """N6, D2."""
    return steps.released(was, [seat for seat in was.seats if seat[1] == membership.pk])


def _downgraded(was: State, *, membership: Membership, **_: Any) -> State:
    now = _without_seats(was, membership=membership)
    return steps.member(now, membership.pk, role=Role.END_USER)


def _removed(was: State, *, membership: Membership, **_: Any) -> State:
    now = _without_seats(was, membership=membership)
    return steps.member(now, membership.pk, status=Status.REMOVED, open_until=None)


def _transferred(was: State, *, to: Membership, by: Membership, **_: Any) -> State:
    """D7: who gives the ownership away is a billing admin from then on."""
    return steps.member(steps.member(was, by.pk, role=Role.BILLING_ADMIN), to.pk, role=Role.OWNER)


# Time


def _renewed(was: State, *, subscription: Subscription, at: datetime, **_: Any) -> State:
    return _renewed_by(was, subscription.pk, at)


def _in_todays_period(was: State, pool: int, at: datetime) -> State:
    """D3: where the renewal is late, it comes before anything else."""
    return _renewed_by(was, was.pools[pool].subscription, at)


def _renewed_by(was: State, subscription: int, at: datetime) -> State:
    """D3: the period is the one of today, and what was to go at its begin is gone."""
    term = was.terms[subscription]
    if term.end > at.date() or term.ended:
        return was
    day, now = term.end, _billed_as_before(was, subscription) if term.ends else was
    for pk, pool in was.pools.items():
        if pool.subscription == subscription and not pool.ended:
            now = _reduced(now, pk, day)
    for key in steps.of_subscription(now, subscription):
        now = _as_agreed(now, key)
    if term.ends:
        return steps.term(now, subscription, ended=day, ends=False, next_months=0)
    months, anchor = (term.next_months, day) if term.next_months else (term.months, term.anchor)
    start, end = steps.period(anchor, months, at.date())
    now = steps.term(
        now, subscription, months=months, anchor=anchor, start=start, end=end, next_months=0
    )
    for key in steps.of_subscription(now, subscription):
        now = steps.line(now, key, paid=())
    for pk, pool in now.pools.items():
        if pool.subscription == subscription:
            now = steps.bought(now, pk, pool.seats)
    return now


def _billed_as_before(was: State, subscription: int) -> State:
    """D15: with a subscription that ends, another billing that was agreed comes to nothing."""
    term = was.terms[subscription]
    for key in steps.of_subscription(was, subscription) if term.next_months else ():
        sold = was.lines[key]
        if not sold.is_next_agreed:
            unit = changes.listed(sold.next_plan, term.months) if sold.next_plan else None
            was = steps.line(was, key, next_unit=unit)
    return was


def _reduced(was: State, pool: int, day: date) -> State:
    """D4; a pool that ends loses everyone (D15)."""
    has = was.pools[pool]
    if has.seats and not has.at_renewal:
        return changes.without_pool(was, pool, day)
    now = steps.released(was, steps.displaced(was, pool, has.assigned - has.at_renewal))
    return steps.undone(steps.numbers(now, pool, has.at_renewal, has.at_renewal), pool)


def _as_agreed(was: State, key: tuple[int, int]) -> State:
    """D15: a line ends, changes its plan or its price with the renewal."""
    sold = was.lines[key]
    if sold.ends:
        return changes.without_line(was, key)
    if sold.next_plan:
        unit = sold.next_unit or 0
        return changes.with_plan(was, key, sold.next_plan, Sold(unit, sold.is_next_agreed))
    if sold.next_unit is None:
        return was
    return steps.line(
        was, key, unit=sold.next_unit, is_agreed=sold.is_next_agreed, next_unit=None,
        is_next_agreed=False,
    )  # fmt: skip


ACTIONS: dict[Action, Callable[..., State]] = {
    moves.buy: _bought,
    moves.set_numbers: _set,
    cancel_scheduled_reduction: _kept,
    moves.ask: _asked,
    moves.join: _joined,
    moves.approve: _approved,
    decline_request: _declined,
    withdraw_request: _withdrawn,
    add_member: _added,
    accept_invitation: _accepted,
    change_member: _changed,
    suspend: _suspended,
    reactivate_member: _returned,
    release_seats: _without_seats,
    downgrade_to_end_user: _downgraded,
    remove_member: _removed,
    invite_again: _invited_again,
    expire_invitation: _expired,
    withdraw_member: _removed,
    transfer_ownership: _transferred,
    renew: _renewed,
    moves.change: changes.changed,
}
