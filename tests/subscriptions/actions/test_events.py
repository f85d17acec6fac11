"""D19: what happens to seats and requests is told to programs in the transaction of the change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event, Membership
from subscriptions.actions import release_assignments, withdraw_request
from subscriptions.models import (
    PART_TYPES,
    REQUEST_TYPES,
    SEAT_CHANGE_TYPES,
    PartStep,
    RequestStatus,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
)
from tests import cast, moves


def told() -> list[tuple[str, str, int]]:
    return list(Event.objects.values_list("type", "object", "object_id"))


@pytest.fixture(autouse=True)
def forgotten(acme_admin: Membership, sell_pool: SeatPool) -> None:
    """What the cast did before is not looked at."""
    Event.objects.all().delete()


def test_every_kind_of_change_and_every_step_has_a_type_of_its_own() -> None:
    assert set(SEAT_CHANGE_TYPES) == set(SeatChangeKind)
    assert set(REQUEST_TYPES) == set(RequestStatus)
    assert set(PART_TYPES) == set(PartStep)
    types = [*SEAT_CHANGE_TYPES.values(), *REQUEST_TYPES.values(), *PART_TYPES.values()]
    assert len(set(types)) == len(types)


def test_a_seat_given_tells_who_has_it(acme_admin: Membership, sell_pool: SeatPool) -> None:
    cast.give_seat(sell_pool, acme_admin)
    assert told() == [("seat.assigned", "member", acme_admin.pk)]
    change = SeatChange.objects.latest("pk")
    assert Event.objects.get().source == f"subscriptions.seatchange:{change.pk}"


def test_seats_bought_tell_of_the_pool(acme_owner: Membership, sell_pool: SeatPool) -> None:
    moves.buy({sell_pool: 1}, by=acme_owner)
    assert told() == [("pool.seats_bought", "pool", sell_pool.pk)]


def test_a_request_tells_of_each_step(
    acme_admin: Membership, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    asked = moves.ask(sell_pool, 1, by=acme_admin)
    moves.approve(asked, by=acme_owner)
    assert told() == [
        ("seat_request.opened", "seat_request", asked.pk),
        ("pool.seats_bought", "pool", sell_pool.pk),
        ("seat_request.approved", "seat_request", asked.pk),
    ]


def test_a_request_tells_who_joined_and_who_took_their_part_back(
    acme_admin: Membership, acme_agent: Membership, sell_pool: SeatPool
) -> None:
    """D20; with the last part, the request itself."""
    Event.objects.all().delete()
    asked = moves.ask(sell_pool, 1, by=acme_admin)
    part = moves.join(asked, 2, by=acme_agent)
    for by in (acme_agent, acme_admin):
        withdraw_request(seat_request=asked, by=by, at=cast.NOW)
    assert told() == [
        (f"seat_request.{step}", "seat_request", asked.pk)
        for step in ("opened", "joined", "part_withdrawn", "withdrawn")
    ]
    joined = Event.objects.filter(type="seat_request.joined").get()
    assert joined.source == f"subscriptions.requestpart:{part.pk}"


def test_many_seats_released_at_once_tell_of_each(
    acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    for member in (acme_owner, acme_admin):
        cast.give_seat(sell_pool, member)
    Event.objects.all().delete()
    held = list(SeatAssignment.objects.filter(pool=sell_pool).select_related("membership"))
    with CaptureQueriesContext(connection) as context:
        release_assignments(assignments=held, by=acme_owner, at=cast.NOW)
    assert sum('INTO "accounts_event"' in query["sql"] for query in context) == 1
    assert [row[0] for row in told()] == ["seat.released"] * len(held)
