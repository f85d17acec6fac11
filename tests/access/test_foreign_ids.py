"""What belongs to another account is refused as if it did not exist, wherever its id is (D8)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import SeatAssignment
from tests.hostile.forms import FORMS, stored
from tests.subscriptions.views.pages import text
from tests.world import Home, World

NOBODYS = 987_654


@pytest.fixture
def home(world: World) -> Home:
    return world.homes["self"]


def said(answer: Any, number: int) -> tuple[int, str, str]:
    """What a person is told, and where they are sent."""
    where = answer.headers.get("Location", "")
    told = text(answer).replace(f" {number} is not", " N is not")
    return answer.status_code, where.replace(f"/{number}/", "/N/"), told


def alike(client: Client, method: str, url: str, data: dict[str, Any], foreign: int) -> None:
    """Another's id and nobody's get the very same answer, and change nothing."""
    before, answers = stored(), []
    for number in (foreign, NOBODYS):
        sent = {
            k.replace("ID", str(number)): str(v).replace("ID", str(number)) for k, v in data.items()
        }
        answer = getattr(client, method)(url.replace("ID", str(number)), sent)
        assert answer.status_code < 500
        answers.append(said(answer, number))
    assert answers[0] == answers[1]
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "page",
    ["team/ID/", "team/ID/transfer/", "team/ID/suspend/", "team/ID/remove/", "team/ID/resend/"],
)
def test_a_member(page: str, method: str, home: Home, world: World) -> None:
    client = world.client("owner")
    alike(
        client, method, f"/a/self/{page}", {"name": "x", "role": "admin"}, world.foreign.target.pk
    )


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["", "change/", "rotate/", "off/", "on/", "delete/", "test/"])
def test_a_webhook(page: str, method: str, home: Home, world: World) -> None:
    form = {"url": "https://hooks.example/", "events": "all", "overlap": "0"}
    alike(
        world.client("owner"), method, f"/a/self/webhooks/ID/{page}", form, world.foreign.webhook.pk
    )
    assert world.foreign.webhook.deliveries.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["", "again/"])
def test_a_delivery_of_a_webhook(page: str, method: str, home: Home, world: World) -> None:
    url = f"/a/self/webhooks/deliveries/ID/{page}"
    alike(world.client("owner"), method, url, {}, world.foreign.delivery.pk)


@pytest.mark.parametrize("action", ["approve", "decline", "withdraw", "resend"])
@pytest.mark.parametrize("who", ["owner", "admin"])
def test_a_request(who: str, action: str, home: Home, world: World) -> None:
    page = f"/a/self/subscription/requests/ID/{action}/"
    alike(world.client(who), "post", page, {"note": "No."}, world.foreign.request.pk)


@pytest.mark.parametrize(
    ("method", "page", "data"),
    [
        ("get", "seats/add/?pool=ID", {}),
        ("get", "seats/add/", {"seats-ID": 2}),
        ("post", "seats/add/", {"seats-ID": 2, "idempotency_key": "k"}),
        ("get", "subscription/manage/", {"seats-ID": 2}),
        ("post", "subscription/manage/", {"seats-ID": 2, "was-ID": 10}),
        ("post", "subscription/keep/", {"pool": "ID"}),
        ("get", "team/", {"pool": "ID"}),
        ("post", "team/add/", {"email": "a@b.cd", "name": "A", "role": "agent", "seats": "ID"}),
    ],
)  # fmt: skip
def test_a_pool(method: str, page: str, data: dict[str, Any], home: Home, world: World) -> None:
    alike(world.client("owner"), method, f"/a/self/{page}", data, world.foreign.pool.pk)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_pool_that_is_requested(method: str, home: Home, world: World) -> None:
    data = {"seats-ID": 2, "reason": "x"}
    alike(world.client("agent"), method, "/a/self/seats/request/", data, world.foreign.pool.pk)


def test_a_seat_given_to_a_member(home: Home, world: World) -> None:
    data = {"name": "x", "role": "agent", "seats": "ID"}
    url = f"/a/self/team/{home.target.pk}/"
    alike(world.client("admin"), "post", url, data, world.foreign.pool.pk)


@pytest.mark.parametrize("method", ["get", "post"])
def test_whom_a_reduction_should_cost_their_seat(method: str, home: Home, world: World) -> None:
    theirs = SeatAssignment.objects.filter(pool=world.foreign.pool).first()
    assert theirs
    field = f"seats-{home.pool.pk}"
    data = {field: 1, f"was-{home.pool.pk}": 10, f"lose-{home.pool.pk}": "ID", "timing": "now"}
    alike(world.client("owner"), method, "/a/self/subscription/manage/", data, theirs.pk)


def test_an_invitation_of_somebody_else(home: Home, world: World) -> None:
    invited = world.foreign.people["invited"].pk
    alike(world.client("invited"), "post", "/invitations/ID/accept/", {}, invited)


@pytest.mark.parametrize("kind", ["self", "sales"])
@pytest.mark.parametrize("page", ["", "team/", "subscription/", "seats/add/", "team/add/"])
def test_an_account(page: str, kind: str, world: World) -> None:
    """Not even that there is one of this name."""
    client = world.client("stranger")
    there, nowhere = client.get(f"/a/{kind}/{page}"), client.get(f"/a/nowhere/{page}")
    assert there.status_code == nowhere.status_code == 404
    assert text(there) == text(nowhere)
    anonymous = world.client("anonymous")
    assert anonymous.get(f"/a/{kind}/").headers["Location"].startswith("/auth/login/")
    assert anonymous.get("/a/nowhere/").headers["Location"].startswith("/auth/login/")


@pytest.mark.parametrize("page", ["change", "history", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_service_order_of_another_representative(method: str, page: str, world: World) -> None:
    order = world.homes["sales"].request.service_order.pk
    url = reverse(f"admin:subscriptions_serviceorder_{page}", args=[order])
    alike(world.client("rep2"), method, url.replace(str(order), "ID"), {}, order)


LOOKUPS = (
    "pool__subscription__account__slug=self", "requested_by__user__password__startswith=md5",
    "requested_by__user__email__contains=a", "pool__subscription__account__representative=1",
    "decided_by__password__startswith=m", "pool__seats__gte=1",
)  # fmt: skip


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_rep_filters_by_nothing_but_the_filters(lookup: str, world: World) -> None:
    """A filter one can make up would answer questions about what one may not see."""
    answer = world.client("rep").get(f"/admin/subscriptions/seatrequest/?status=all&{lookup}")
    assert answer.status_code == 400


def test_a_rep_finds_no_others_orders_by_number(world: World) -> None:
    order = world.homes["sales"].request.service_order
    page = f"/admin/subscriptions/serviceorder/?status=all&q={order.number}"
    assert "Sales" in world.client("rep").get(page).content.decode()
    link = f"serviceorder/{order.pk}/"
    assert link not in world.client("rep2").get(page).content.decode()


def test_approving_from_another_account_with_a_good_consent_does_nothing(
    home: Home, world: World
) -> None:
    before, fields = stored(), FORMS["approve"].fields(home)
    for slug in ("foreign", "self"):
        url = f"/a/{slug}/subscription/requests/{home.request.pk}/approve/"
        assert world.client("stranger").post(url, fields).status_code == 404
    assert stored() == before
