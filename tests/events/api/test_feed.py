"""D19: a program reads both histories as one, and goes on where it stopped."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import rename, revoke_token, suspend
from accounts.actors import Actor
from accounts.models import Membership
from accounts.permissions import Scope
from core.api.ids import public_id
from subscriptions.actions import withdraw_request
from subscriptions.models import SeatChange, SeatPool
from tests import cast, moves
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def program(acme_owner: Membership) -> Program:
    return Program(token(acme_owner, Scope.READ_HISTORY)[1])


def follow(program: Program, address: str) -> Any:
    """The page at an address that another page gave."""
    return program.get(address.partition("/api/v1/")[2]).json()


@pytest.fixture
def end(
    program: Program, acme_admin: Membership, acme_agent: Membership, sell_pool: SeatPool
) -> str:
    """Where the feed goes on behind what the cast did."""
    page = program.get("events", limit=200).json()
    assert not page["has_more"]
    return str(page["next"])


def test_at_the_end_next_leads_to_what_comes_later(
    program: Program, end: str, acme_owner: Membership, acme_agent: Membership
) -> None:
    empty = follow(program, end)
    assert (empty["data"], empty["has_more"], empty["next"]) == ([], False, end)
    suspend(membership=acme_agent, by=acme_owner, at=cast.NOW)
    page = follow(program, empty["next"])
    assert [event["type"] for event in page["data"]] == ["member.suspended"]
    assert follow(program, page["next"])["data"] == []


def test_nothing_is_read_twice_from_page_to_page(program: Program, end: str) -> None:
    whole = program.get("events", limit=200).json()["data"]
    read, page = [], program.get("events", limit=3).json()
    while page["data"]:
        read += page["data"]
        assert page["has_more"] == (len(read) < len(whole))
        page = follow(program, page["next"])
    assert read == whole


def test_an_account_where_nothing_happened_can_be_followed(program: Program, end: str) -> None:
    page = program.get("events", type="pool.corrected").json()
    assert (page["data"], page["has_more"]) == ([], False)
    assert follow(program, page["next"])["data"] == []


def test_a_purchase_says_what_it_bought_and_what_it_cost(
    program: Program, end: str, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    order = moves.buy({sell_pool: 2}, by=acme_owner)
    [event] = follow(program, end)["data"]
    pool = public_id("pool", sell_pool.pk)
    assert event["id"].startswith("evt_")
    assert event["resource"] == {
        "object": "pool", "id": pool, "url": f"http://testserver/api/v1/pools/{pool}",
    }  # fmt: skip
    assert (event["object"], event["type"]) == ("event", "pool.seats_bought")
    assert event["created_at"] == "2026-11-23T12:00:00Z"
    assert event["before"] == {"purchased": 5, "at_renewal": 5, "assigned": 0}
    assert event["after"] == {"purchased": 7, "at_renewal": 7, "assigned": 0}
    assert event["order"] == public_id("ord", order.pk)
    assert (event["pool"], event["member"]) == (pool, None)
    assert event["cents"] == SeatChange.objects.latest("pk").cents > 0
    assert event["currency"] == "EUR"
    assert event["by"]["name"] == "Acme Owner"


def test_a_member_is_told_of_as_history_shows_them(
    program: Program, end: str, acme_owner: Membership, acme_agent: Membership
) -> None:
    by = Actor.through_token(token(acme_owner)[0])
    rename(membership=acme_agent, name="Gus", by=by, at=cast.NOW)
    [event] = follow(program, end)["data"]
    assert (event["before"], event["after"]) == ({"name": "Acme Agent"}, {"name": "Gus"})
    assert event["member"] == event["resource"]["id"] == public_id("mem", acme_agent.pk)
    assert (event["by"]["channel"], event["by"]["token"]) == ("api", by.token and by.token.name)
    assert (event["cents"], event["currency"], event["pool"]) == (None, None, None)


def test_a_token_is_told_of_without_anything_that_opens(
    program: Program, end: str, acme_owner: Membership
) -> None:
    ended = revoke_token(token=token(acme_owner)[0], by=acme_owner, at=cast.NOW)
    [event] = follow(program, end)["data"]
    assert event["type"] == "api_token.revoked"
    assert event["resource"] == {
        "object": "api_token", "id": public_id("tok", ended.pk), "url": None,
    }  # fmt: skip
    assert (event["member"], event["before"]) == (None, {"name": ended.name})


def test_a_request_is_told_of_step_by_step(
    program: Program,
    end: str,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:
    asked = moves.ask(sell_pool, 2, by=acme_admin)
    moves.approve(asked, by=acme_owner)
    opened, bought, approved = follow(program, end)["data"]
    assert [e["type"] for e in (opened, bought, approved)] == [
        "seat_request.opened", "pool.seats_bought", "seat_request.approved",
    ]  # fmt: skip
    for event in (opened, bought, approved):
        assert event["seat_request"] == public_id("req", asked.pk)
    assert (opened["before"], opened["after"]) == ({}, {"status": "open", "seats": 2})
    assert (approved["before"], approved["after"]) == ({"status": "open"}, {"status": "approved"})
    assert (opened["by"]["name"], approved["by"]["name"]) == ("Acme Admin", "Acme Owner")
    assert approved["order"] == bought["order"]


def test_who_joined_a_request_and_took_their_part_back_is_told(
    program: Program, end: str, acme_admin: Membership, acme_agent: Membership,
    sell_pool: SeatPool,
) -> None:  # fmt: skip
    """D20: what it was opened with stays what is said of its opening."""
    asked = moves.ask(sell_pool, 2, by=acme_admin)
    moves.join(asked, 3, by=acme_agent)
    withdraw_request(seat_request=asked, by=acme_agent, at=cast.NOW)
    opened, joined, left = follow(program, end)["data"]
    assert opened["after"] == {"status": "open", "seats": 2}
    assert (joined["type"], left["type"]) == ("seat_request.joined", "seat_request.part_withdrawn")
    assert (joined["before"], joined["after"]) == ({}, {"seats": 3})
    assert (left["before"], left["after"]) == ({"seats": 3}, {})
    for event in (joined, left):
        assert event["by"]["name"] == "Acme Agent"
        assert event["member"] == public_id("mem", acme_agent.pk)
        assert event["seat_request"] == public_id("req", asked.pk)
        assert event["pool"] == public_id("pool", sell_pool.pk)


def test_one_event_is_what_the_feed_says_of_it(program: Program, end: str) -> None:
    for event in program.get("events", limit=200).json()["data"]:
        assert program.get(f"events/{event['id']}").json() == event


def test_every_address_it_gives_can_be_read(
    end: str, acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    moves.ask(sell_pool, 2, by=acme_admin)
    program = Program(token(acme_owner)[1])
    for event in program.get("events", limit=200).json()["data"]:
        if event["resource"]["url"]:
            assert follow(program, event["resource"]["url"])["id"] == event["resource"]["id"]


def test_filters_choose_types_and_things(program: Program, end: str) -> None:
    for event in program.get("events", type="seat.assigned").json()["data"]:
        assert event["type"] == "seat.assigned"
    pools = program.get("events", object="pool").json()["data"]
    assert {event["resource"]["object"] for event in pools} == {"pool"}
    assert program.get("events", type="seat.stolen").status_code == 422


def test_a_page_takes_as_many_queries_whatever_is_on_it(program: Program, end: str) -> None:
    counts = []
    for limit in (20, 1, 20):
        with CaptureQueriesContext(connection) as context:
            program.get("events", object="member", limit=limit)
        counts.append(len(context))
    # The first may have used the token first, and one event has one source.
    assert counts[2] <= counts[1] + 1
