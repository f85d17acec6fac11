"""What is stored about members and seats at one moment, and what must be true of a step."""

from dataclasses import dataclass
from typing import Any

from accounts.models import AuditEntry, Membership, Status
from accounts.permissions import Role
from subscriptions.models import (
    Order,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    ServiceOrder,
)
from subscriptions.recount import disagreements

# Nobody at all: how an account's history of a person begins.
NOBODY = {"role": Role.END_USER.value, "status": Status.REMOVED.value}


@dataclass(frozen=True)
class State:
    """Everything that an action may change, and how long the histories are."""

    members: dict[int, dict[str, str]]
    seats: frozenset[tuple[int, int]]
    pools: dict[int, tuple[int, int, int]]
    requests: dict[int, str]
    orders: int
    last_entry: int
    last_change: int


def read() -> State:
    return State(
        members={
            member["pk"]: {"role": member["role"], "status": member["status"]}
            for member in Membership.objects.values("pk", "role", "status")
        },
        seats=frozenset(SeatAssignment.objects.values_list("pool_id", "membership_id")),
        pools={
            pk: (seats, assigned, at_renewal)
            for pk, seats, assigned, at_renewal in SeatPool.objects.values_list(
                "pk", "seats", "assigned", "seats_at_renewal"
            )
        },
        requests=dict(SeatRequest.objects.values_list("pk", "status")),
        orders=Order.objects.count(),
        last_entry=_last(AuditEntry),
        last_change=_last(SeatChange),
    )


def _last(history: Any) -> int:
    return history.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def check(before: State, after: State) -> None:
    """Hold one step against everything that must always be true."""
    assert [str(found) for found in disagreements()] == []
    _check_owners()
    _check_entries(before, after)
    _check_seat_rows(before, after)
    _check_requests(before, after)


def _check_owners() -> None:
    """D7."""
    owners = Membership.objects.filter(role=Role.OWNER).values_list("account", flat=True)
    everyone = Membership.objects.values_list("account", flat=True)
    assert sorted(owners) == sorted(set(everyone))


def _check_entries(before: State, after: State) -> None:
    """D9: the entries since, one after the other, lead from what was to what is."""
    told = {pk: dict(before.members.get(pk, NOBODY)) for pk in after.members}
    for entry in AuditEntry.objects.filter(pk__gt=before.last_entry).order_by("pk"):
        now = told[entry.member_id]
        access = {key: value for key, value in entry.before.items() if key in now}
        assert {key: now[key] for key in access} == access, entry
        assert entry.after != entry.before or not entry.after, entry
        now.update({key: value for key, value in entry.after.items() if key in now})
    assert told == after.members


def _check_seat_rows(before: State, after: State) -> None:
    """D9: exactly one row for every seat taken and every seat given back."""
    rows = SeatChange.objects.filter(pk__gt=before.last_change).order_by("pk")
    held = set(before.seats)
    for row in rows:
        seat = (row.pool_id, row.member_id or 0)
        if row.kind == SeatChangeKind.ASSIGNED:
            assert seat not in held
            held.add(seat)
        elif row.kind == SeatChangeKind.RELEASED:
            held.remove(seat)
        else:
            assert row.assigned_before == row.assigned_after
            assert row.member_id is None
    assert held == after.seats


def _check_requests(before: State, after: State) -> None:
    """R22, N4: what was closed stays closed, and its service order with it."""
    for pk, status in before.requests.items():
        assert status == "open" or after.requests[pk] == status
    dangling = ServiceOrder.objects.filter(closed_at=None).exclude(request__status="open")
    assert not dangling.exists()
