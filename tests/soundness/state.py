"""What is stored about members and seats at one moment, and what must be true of a step."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Sum

from accounts.actors import Actor
from accounts.models import AuditEntry, Event, Membership, Status, User
from accounts.permissions import Role
from core.models import reference
from subscriptions.models import (
    Charge,
    ChargeKind,
    Cycle,
    Line,
    Order,
    RequestPart,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    ServiceOrder,
    Subscription,
    TermChange,
)
from subscriptions.models.events import ENDED_TYPE, ORDER_TYPES
from subscriptions.rules.commands import RENEWAL_ON_SIGHT
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents

# Nobody at all: how an account's history of a person begins.
NOBODY = {"role": Role.END_USER.value, "status": Status.REMOVED.value}


@dataclass(frozen=True)
class Member:
    account: int
    email: str
    name: str
    role: str
    status: str
    added: datetime
    # Until when an invitation can be accepted.
    open_until: datetime | None


@dataclass(frozen=True)
class Pool:
    subscription: int
    name: str
    is_legacy: bool
    seats: int
    assigned: int
    at_renewal: int
    minimum: int = 0
    ended: date | None = None


@dataclass(frozen=True)
class Sold:
    """A line that stands: its plan is its key. `paid` are seats and the price they were paid at,
    for the paid period and not given back, the last ones last.
    """

    unit: int
    is_agreed: bool
    ends: bool = False
    next_plan: int | None = None
    next_unit: int | None = None
    is_next_agreed: bool = False
    paid: tuple[tuple[int, int], ...] = ()
    # Of the row; the model does not know that of a line it expects.
    pk: int = field(default=0, compare=False)


Part = tuple[int, int | None, int, int]


@dataclass(frozen=True)
class Request:
    """`enough` is the number of seats at which what was asked for has arrived.

    `parts` are the members who ask, with which token, for how many, and how many seats the
    pool had then, in that order.
    """

    pool: int
    seats: int
    enough: int
    status: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Term:
    """A subscription's paid period, the day from which it is counted, and what comes after it.

    `next_months` is 0 unless another billing is agreed.
    """

    months: int
    anchor: date
    start: date
    end: date
    next_months: int = 0
    ends: bool = False
    ended: date | None = None
    bound_until: date | None = None


@dataclass(frozen=True)
class State:
    """Everything that an action may change, and how long the histories are."""

    members: dict[int, Member]
    # Pool and member, and whether the seat was chosen to go at renewal.
    seats: dict[tuple[int, int], bool]
    # When each seat was taken.
    since: dict[tuple[int, int], datetime]
    pools: dict[int, Pool]
    # By pool and plan.
    lines: dict[tuple[int, int], Sold]
    requests: dict[int, Request]
    terms: dict[int, Term]
    # When a member's invitation last gave seats back, and of which pools.
    lapsed: dict[int, tuple[datetime, frozenset[int]]]
    orders: int
    last_entry: int
    last_change: int
    last_order: int
    last_term: int
    last_charge: int


def read() -> State:
    requests = SeatRequest.objects.values_list(
        "pk", "pool_id", "seats", "fulfilled_at_seats", "status"
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for request, member, token, seats, there in RequestPart.objects.standing().values_list(
        "seat_request", "requested_by", "requested_token", "seats", "pool_seats"
    ):
        parts[request].append((member, token, seats, there))
    return State(
        members=_members(),
        seats={
            (pool, member): goes
            for pool, member, goes in SeatAssignment.objects.values_list(
                "pool_id", "membership_id", "release_at_renewal"
            )
        },
        since={
            (pool, member): since
            for pool, member, since in SeatAssignment.objects.values_list(
                "pool_id", "membership_id", "assigned_at"
            )
        },
        pools=_pools(),
        lines=_lines(),
        requests={row[0]: Request(*row[1:], tuple(parts[row[0]])) for row in requests},
        terms={subscription.pk: _term(subscription) for subscription in Subscription.objects.all()},
        lapsed=_lapsed(),
        orders=Order.objects.count(),
        last_entry=_last(AuditEntry),
        last_change=_last(SeatChange),
        last_order=_last(Order),
        last_term=_last(TermChange),
        last_charge=_last(Charge),
    )


def _term(row: Subscription) -> Term:
    later = Cycle(row.cycle_at_renewal).months if row.cycle_at_renewal else 0
    return Term(
        Cycle(row.cycle).months, row.started_on, row.period_start, row.period_end,
        later, row.ends_at_renewal, row.ended_on, row.contract_ends_on,
    )  # fmt: skip


def _lines() -> dict[tuple[int, int], Sold]:
    paid: dict[int, list[tuple[int, int]]] = defaultdict(list)
    charges = Charge.objects.filter(
        line__ended_on=None, period_to=F("line__pool__subscription__period_end")
    ).exclude(kind=ChargeKind.CREDIT)
    left = charges.annotate(left=F("seats") - Sum("credited_by__seats", default=0)).order_by("pk")
    for line, seats, unit in left.values_list("line", "left", "unit_cents"):
        if seats:
            paid[line].append((seats, unit))
    return {
        (line.pool_id, line.plan_id): Sold(
            line.unit_cents, line.is_price_agreed, line.ends_at_renewal, line.plan_at_renewal_id,
            line.unit_cents_at_renewal, line.is_next_price_agreed, tuple(paid[line.pk]),
            line.pk,
        )
        for line in Line.objects.filter(ended_on=None)
    }  # fmt: skip


def _members() -> dict[int, Member]:
    rows = Membership.objects.values_list(
        "pk", "account_id", "user__email", "name", "role", "status", "added_at",
        "invitation_expires_at",
    )  # fmt: skip
    return {row[0]: Member(*row[1:]) for row in rows}


def _lapsed() -> dict[int, tuple[datetime, frozenset[int]]]:
    found: dict[int, tuple[datetime, frozenset[int]]] = {}
    rows = SeatChange.objects.filter(kind=SeatChangeKind.EXPIRED).order_by("pk")
    for member, at, pool in rows.values_list("member_id", "at", "pool_id"):
        last, pools = found.get(member, (at, frozenset()))
        found[member] = (at, (pools if last == at else frozenset()) | {pool})
    return found


def _pools() -> dict[int, Pool]:
    lines = Line.objects.filter(plan__is_legacy=True, ended_on=None)
    legacy = set(lines.values_list("pool_id", flat=True))
    return {
        row.pk: Pool(
            row.subscription_id, row.name, row.pk in legacy, row.seats, row.assigned,
            row.seats_at_renewal, row.minimum_seats, row.ended_on,
        )
        for row in SeatPool.objects.all()
    }  # fmt: skip


def _last(history: Any) -> int:
    return history.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def differences(said: State, found: State) -> Iterator[str]:
    """Differences between the stored state and the expected one, except in histories."""
    for each in fields(State):
        name, expected, actual = each.name, getattr(said, each.name), getattr(found, each.name)
        if not isinstance(actual, dict):
            if not name.startswith("last_") and expected != actual:
                yield f"{name}: {actual}, where {expected} was to be"
        else:
            for key in {**expected, **actual}:
                if expected.get(key) != actual.get(key):
                    yield f"{name} {key}: {actual.get(key)}, where {expected.get(key)} was to be"


def summary(was: State, now: State, what: dict[str, Any]) -> str:
    """The variant of the action that was done, for the statistics."""
    fewer = any(now.pools[pk].seats < pool.seats for pk, pool in was.pools.items())
    words = {
        "by the vendor": isinstance(what.get("by"), User),
        "fewer seats": fewer,
        "lines changed": was.lines.keys() != now.lines.keys(),
        "renewed first": "subscription" not in what and was.terms != now.terms,
        "displaced": len(now.seats) < len(was.seats),
        "nothing changed": not any(differences(was, now)),
    }
    return ", ".join(["done", *(word for word, holds in words.items() if holds)])


def check(before: State, after: State, at: datetime) -> None:
    """Hold one step against what must always be true."""
    _check_numbers(after, at)
    _check_owners()
    _check_entries(before, after)
    _check_seat_rows(before, after)
    _check_requests(before, after)
    check_events()


def _check_numbers(after: State, at: datetime) -> None:
    """D2, D5, D14, N4, counted here and not by the product's own recount."""
    held = Counter(pool for pool, _member in after.seats)
    holders = {member for _pool, member in after.seats}
    for pk, pool in after.pools.items():
        assert held[pk] == pool.assigned <= pool.seats
        assert pool.at_renewal <= pool.seats
    for pk, member in after.members.items():
        is_present = member.status != Status.REMOVED
        assert pk in holders or member.role != Role.AGENT or not _works(member, at)
        assert pk not in holders or (member.role != Role.END_USER and is_present)
    for request in after.requests.values():
        assert request.status != "open" or after.pools[request.pool].seats < request.enough


def _works(member: Member, at: datetime) -> bool:
    """Whether somebody can open the account, or could by accepting the invitation."""
    if member.status == Status.INVITED:
        return member.open_until is not None and at < member.open_until
    return member.status == Status.ACTIVE


def _check_owners() -> None:
    """D7."""
    owners = Membership.objects.filter(role=Role.OWNER).values_list("account", flat=True)
    everyone = Membership.objects.values_list("account", flat=True)
    assert sorted(owners) == sorted(set(everyone))


def _check_entries(before: State, after: State) -> None:
    """D9: the entries since, one after the other, lead from what was to what is."""
    told = {pk: _access(before.members.get(pk)) for pk in after.members}
    for entry in AuditEntry.objects.filter(pk__gt=before.last_entry).order_by("pk"):
        # Entries of the account itself are not made here.
        assert entry.member_id
        now = told[entry.member_id]
        access = {key: value for key, value in entry.before.items() if key in now}
        assert {key: now[key] for key in access} == access, entry
        assert entry.after != entry.before or not entry.after, entry
        now.update({key: value for key, value in entry.after.items() if key in now})
    assert told == {pk: _access(member) for pk, member in after.members.items()}


def _access(member: Member | None) -> dict[str, str]:
    return {"role": member.role, "status": member.status} if member else dict(NOBODY)


def check_actors(before: State, actor: Actor) -> None:
    """D18: each row since names who acted and through what, or that the renewal came late."""
    rows: list[tuple[type[models.Model], str, int]] = [
        (AuditEntry, "by", before.last_entry),
        (SeatChange, "by", before.last_change),
        (Order, "placed_by", before.last_order),
        (TermChange, "by", before.last_term),
        (Charge, "by", before.last_charge),
    ]
    allowed = {_named(actor), _named(RENEWAL_ON_SIGHT)}
    for model, who, last in rows:
        since = model._default_manager.filter(pk__gt=last)
        assert set(since.values_list(who, "channel", "command", "token")) <= allowed


def _named(actor: Actor) -> tuple[int | None, str, str, int | None]:
    return actor.user_id, actor.channel, actor.command, actor.token.pk if actor.token else None


def _check_seat_rows(before: State, after: State) -> None:
    """D9: exactly one row for every seat taken and every seat given back.

    The rows since, one after the other, lead from the numbers that were to those that are.
    """
    held, numbers = set(before.seats), _numbers(before)
    numbers |= dict.fromkeys(after.pools.keys() - numbers.keys(), (0, 0, 0))
    for row in SeatChange.objects.filter(pk__gt=before.last_change).order_by("pk"):
        seat = (row.pool_id, row.member_id or 0)
        if row.kind == SeatChangeKind.ASSIGNED:
            assert seat not in held
            held.add(seat)
        elif row.kind in (SeatChangeKind.RELEASED, SeatChangeKind.EXPIRED):
            held.remove(seat)
        else:
            assert row.assigned_before == row.assigned_after
            assert row.member_id is None
        was = (row.seats_before, row.at_renewal_before, row.assigned_before)
        assert was == numbers[row.pool_id]
        numbers[row.pool_id] = (row.seats_after, row.at_renewal_after, row.assigned_after)
    assert held == set(after.seats)
    assert numbers == _numbers(after)


def _numbers(state: State) -> dict[int, tuple[int, int, int]]:
    return {pk: (pool.seats, pool.at_renewal, pool.assigned) for pk, pool in state.pools.items()}


def _check_requests(before: State, after: State) -> None:
    """R22, N4: what was closed stays closed, and its service order with it."""
    for pk, request in before.requests.items():
        assert request.status == "open" or after.requests[pk] == request
    dangling = ServiceOrder.objects.filter(closed_at=None).exclude(seat_request__status="open")
    assert not dangling.exists()


def check_events() -> None:
    """D19: one event for each row of both histories, and for each step of a request."""
    rows = [row for model in (AuditEntry, SeatChange) for row in model.objects.all()]
    requests = SeatRequest.objects.all()
    parts = RequestPart.objects.order_by("seat_request", "pk")
    # What a request was opened with is told with it.
    openers = {part.seat_request_id: part for part in reversed(parts)}.values()
    joined = [part for part in parts if part not in openers]
    orders = Order.objects.filter(kind__in=list(ORDER_TYPES))
    steps = [
        *orders, *requests, *requests.exclude(status="open"),
        *joined, *parts.exclude(withdrawn_at=None),
    ]  # fmt: skip
    # The end of a subscription is told by the day.
    told = Event.objects.exclude(type=ENDED_TYPE).values_list("source", "account", "at")
    assert Counter(source for source, _account, _at in told) == Counter(
        map(reference, (*rows, *steps))
    )
    assert {(reference(row), row.account_id, row.at) for row in rows} <= set(told)


def costs_shown() -> dict[int, int]:
    """What Subscription says that each subscription's next period will cost, in cents."""
    return {
        subscription.pk: next_period_cents(subscription, pools_of(subscription))
        for subscription in Subscription.objects.all()
    }


def check_charged_as_shown(shown: dict[int, int], since: int) -> None:
    """D16: a renewal charges, for every period passed, what the page said before it."""
    charged: Counter[tuple[int, date]] = Counter()
    renewals = Charge.objects.filter(pk__gt=since, kind=ChargeKind.RENEWAL)
    for charge in renewals.select_related("line__pool"):
        charged[charge.line.pool.subscription_id, charge.period_from] += charge.cents
    for (subscription, _day), cents in charged.items():
        assert cents == shown[subscription]


def last_charge() -> int:
    newest = Charge.objects.order_by("-pk").first()
    return newest.pk if newest else 0


def seats_lost(order: Order) -> set[tuple[int, int]]:
    """The pool and member of each seat that an order took away."""
    rows = SeatChange.objects.filter(order=order, kind=SeatChangeKind.RELEASED)
    return {(row.pool_id, row.member_id or 0) for row in rows}
