"""The sidebar stays lit on every page below an entry; Cancel leads back to where it is lit."""

import re

import pytest

from seatadmin.navigation import entry_of
from tests import moves
from tests.test_access_policies import ADDRESSES
from tests.world import World

pytestmark = pytest.mark.any_database

IN_ACCOUNT = [a for a in ADDRESSES if a.startswith("a/<slug:account>/")]


def lit(page: str) -> list[str]:
    entries = re.findall(r'(?s)aria-current="page">(.*?)</a>', page)
    return [
        " ".join(re.sub(r"(?s)<svg.*?</svg>|<span.*?</span>|<[^>]+>", "", entry).split())
        for entry in entries
    ]


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("", "Overview"),
        ("subscription/", "Subscription"),
        ("subscription/manage/", "Subscription"),
        ("subscription/requests/", "Requests"),
        ("api-tokens/", "API tokens"),
        ("api-tokens/add/", "API tokens"),
        ("api-tokens/{token}/revoke/", "API tokens"),
        ("seats/add/", "Team members"),
        ("team/", "Team members"),
        ("team/add/", "Team members"),
        ("team/{pk}/", "Team members"),
        ("team/{pk}/suspend/", "Team members"),
    ],
)
def test_the_entry_above_a_page_is_lit(address: str, entry: str, world: World) -> None:
    home = world.homes["self"]
    address = address.format(pk=home.target.pk, token=home.token.pk)
    page = world.client("owner").get(f"/a/self/{address}")
    assert page.status_code == 200
    assert lit(page.text) == [entry]


def test_the_request_form_lies_below_requests(world: World) -> None:
    # Otherwise the open request is shown in its place.
    moves.withdraw_all_requests()
    assert lit(world.client("admin").get("/a/self/seats/request/").text) == ["Requests"]


@pytest.mark.parametrize("address", IN_ACCOUNT)
def test_every_address_of_an_account_has_an_entry_above_it(address: str) -> None:
    """A new address needs a line in seatadmin/navigation.py, or an entry of its own."""
    name = ADDRESSES[address].name
    assert name
    assert entry_of(name) in (
        "access", "subscription", "requests", "api_tokens", "webhooks", "team",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("seats/add/", "/a/self/team/"),
        ("seats/add/?then=add_member", "/a/self/team/add/?seat=none"),
        ("subscription/manage/", "/a/self/subscription/"),
    ],
)
def test_a_form_is_cancelled_to_the_page_above_it(address: str, back: str, world: World) -> None:
    page = world.client("owner").get(f"/a/self/{address}").text
    assert re.search(rf'<a [^>]*href="{re.escape(back)}"[^>]*>Cancel</a>', page)


@pytest.mark.parametrize(("query", "back"), [("", "requests"), ("?then=add_member", "add_member")])
def test_a_request_is_cancelled_to_the_requests_or_to_the_person_being_added(
    query: str, back: str, world: World
) -> None:
    # Otherwise there is nothing left to request.
    moves.withdraw_all_requests()
    page = world.client("admin").get(f"/a/self/seats/request/{query}").text
    there = {"requests": "subscription/requests/", "add_member": "team/add/?seat=none"}[back]
    assert f'href="/a/self/{there}">Cancel</a>' in page


@pytest.mark.parametrize(
    ("came_from", "back"),
    [("/a/self/team/", "/a/self/team/"), ("https://evil.example/", "/"), ("", "/"),
     ("javascript:alert(1)", "/")],
)  # fmt: skip
def test_setting_a_password_is_cancelled_to_the_page_it_was_opened_from(
    came_from: str, back: str, world: World
) -> None:
    page = world.client("owner").get("/auth/password/set/", {"next": came_from}).text
    assert f'href="{back}">Cancel</a>' in page
