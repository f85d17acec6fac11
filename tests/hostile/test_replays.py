"""Forms sent again, later, changed, or from elsewhere: done once, or said to be refused (D6)."""

from typing import Any

import pytest

from accounts.actions import change_role, reactivate, remove, suspend
from accounts.permissions import Role
from subscriptions.actions import withdraw_request
from subscriptions.models import Order, SeatPool, SeatRequest
from tests import cast, moves
from tests.hostile.forms import FORMS, addition_seen, stored
from tests.hostile.test_texts import complaint
from tests.world import Home, World


@pytest.fixture
def home(world: World) -> Home:
    return world.homes["self"]


def seats(home: Home) -> int:
    return SeatPool.objects.get(pk=home.pool.pk).seats


def test_the_same_form_ten_times_buys_once(home: Home, world: World) -> None:
    client, fields = world.client("owner"), FORMS["buy"].fields(home)
    for _again in range(10):
        assert client.post("/a/self/seats/add/", fields).status_code == 302
    assert seats(home) == 13


def test_going_back_and_changing_the_number_does_not_look_like_a_purchase(
    home: Home, world: World
) -> None:
    """Without scripts the page that comes back has the key and the consent of the first."""
    client, fields = world.client("owner"), FORMS["buy"].fields(home)
    client.post("/a/self/seats/add/", fields)
    again = client.post("/a/self/seats/add/", {**fields, f"seats-{home.pool.pk}": "5"})
    assert again.status_code == 409
    assert complaint(again)
    assert seats(home) == 13


def test_nor_does_going_back_and_taking_seats_away_at_once(home: Home, world: World) -> None:
    client, url = world.client("owner"), "/a/self/subscription/manage/"
    fields = FORMS["manage"].fields(home)
    assert client.post(url, fields).status_code == 302
    changed = {**fields, f"seats-{home.pool.pk}": "3", "timing": "now"}
    assert client.post(url, changed).status_code == 409
    assert seats(home) == 13


def test_a_scheduled_reduction_does_not_become_one_at_once(home: Home, world: World) -> None:
    """Key and consent are the first form's, the numbers too: only the moment differs."""
    client, url = world.client("owner"), "/a/self/subscription/manage/"
    moves.set_numbers({home.pool: 4}, home.people["owner"], idempotency_key="first")
    seen = Order.objects.get().quote_fingerprint
    fields = {f"seats-{home.pool.pk}": "4", f"was-{home.pool.pk}": "10", "idempotency_key": "first"}
    assert (
        client.post(url, {**fields, "quote_fingerprint": seen, "timing": "at_renewal"}).status_code
        == 302
    )
    assert (
        client.post(url, {**fields, "quote_fingerprint": seen, "timing": "now"}).status_code == 409
    )
    assert moves.numbers(home.pool) == (10, 2, 4)


def test_a_request_sent_again_with_another_number_is_not_said_to_be_sent(
    world: World, home: Home
) -> None:
    client, url = world.client("agent"), "/a/self/seats/request/"
    asked = home.request
    withdraw_request(seat_request=asked, by=asked.requested_by, at=cast.NOW)
    fields = FORMS["request"].fields(home)
    assert client.post(url, fields).status_code == 302
    assert client.post(url, fields).status_code == 302
    changed = client.post(url, {**fields, f"seats-{home.pool.pk}": "9"})
    assert changed.status_code == 409
    assert complaint(changed)
    assert [r.seats for r in SeatRequest.objects.open().filter(pool=home.pool)] == [2]


def test_a_key_is_an_accounts_own(home: Home, world: World) -> None:
    FORMS["buy"].send(world)
    fields = FORMS["buy"].fields(world.foreign)
    answer = world.client("stranger").post("/a/foreign/seats/add/", fields)
    assert answer.status_code == 302
    assert (seats(home), seats(world.foreign)) == (13, 13)


def test_anothers_consent_counts_for_nothing(home: Home, world: World) -> None:
    """What was shown to one account agrees to nothing in another."""
    elsewhere = addition_seen(world.foreign, home.request.seats)
    before = stored()
    assert FORMS["approve"].send(world, quote_fingerprint=elsewhere).status_code == 409
    assert FORMS["approve"].send(world, quote_fingerprint="").status_code == 409
    assert FORMS["approve"].send(world, quote_fingerprint=addition_seen(home, 3)).status_code == 409
    assert stored() == before


def test_what_was_seen_yesterday_is_shown_again(home: Home, world: World, clock: Any) -> None:
    fields = FORMS["buy"].fields(home)
    clock.move_to(cast.NOW.replace(day=24))
    answer = world.client("owner").post("/a/self/seats/add/", fields)
    assert answer.status_code == 409
    assert complaint(answer)
    assert seats(home) == 10


@pytest.mark.parametrize("name", ["buy", "approve", "decline"])
def test_who_was_demoted_with_the_form_open_is_refused(name: str, home: Home, world: World) -> None:
    client, boss = world.client("billing"), home.people["owner"]
    url, fields = FORMS[name].url(home), FORMS[name].fields(home)
    assert client.get("/a/self/subscription/manage/").status_code == 200
    change_role(membership=home.people["billing"], role=Role.ADMIN, by=boss, at=cast.NOW)
    before = stored()
    refused = client.post(url, fields)
    assert refused.status_code == 403
    assert "can help" in refused.content.decode()
    assert stored() == before


def test_an_open_session_ends_with_the_membership(home: Home, world: World) -> None:
    client, boss, admin = world.client("admin"), home.people["owner"], home.people["admin"]
    assert client.get("/a/self/team/").status_code == 200
    suspend(membership=admin, by=boss, at=cast.NOW)
    for page in ("/a/self/", "/a/self/team/", "/a/self/team/add/"):
        assert client.get(page).status_code == 403
    assert client.post("/a/self/team/add/", FORMS["add member"].fields(home)).status_code == 403
    reactivate(membership=admin, by=boss, at=cast.NOW)
    remove(membership=admin, by=boss, at=cast.NOW)
    assert client.get("/a/self/").status_code == 404
    assert client.post("/a/self/team/add/", FORMS["add member"].fields(home)).status_code == 404
    assert "/a/self/" not in client.get("/").content.decode()
