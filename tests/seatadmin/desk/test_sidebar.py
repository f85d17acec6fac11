"""The frame of the desk: the sidebar leads where this person may go, and nowhere else (D15)."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib import admin

from tests.world import World

pytestmark = pytest.mark.any_database


def links(answer: Any) -> dict[str, str]:
    """Label → address of every entry of the sidebar; the count behind a label is left out."""
    html = answer.content.decode()
    nav = html[html.index('<nav class="nav"') :]
    found = re.findall(r'(?s)<a href="([^"]+)"[^>]*>(.*?)</a>', nav[: nav.index("</nav>")])
    return {
        " ".join(unescape(re.sub(r"(?s)<svg.*?</svg>|<span.*?</span>", "", label)).split()): address
        for address, label in found
    }


def test_a_representative_is_shown_their_work(world: World) -> None:
    shown = links(world.client("rep").get("/admin/"))
    assert list(shown)[:2] == ["Today", "Requests"]
    assert "Users" not in shown


@pytest.mark.parametrize("who", ["rep", "rep2", "root"])
def test_no_entry_leads_to_a_refusal(who: str, world: World) -> None:
    client = world.client(who)
    statuses = {url: client.get(url).status_code for url in links(client.get("/admin/")).values()}
    assert set(statuses.values()) == {200}


def test_superusers_find_every_list_of_the_admin(world: World) -> None:
    shown = set(links(world.client("root").get("/admin/")).values())
    lists = {
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model in admin.site._registry
    }
    # Its entry is that of products.
    assert lists - shown == {"/admin/subscriptions/plan/"}


def test_the_count_is_of_what_this_person_decides(world: World) -> None:
    """The request of the online-assisted account is its own buyers' to decide."""

    def count(who: str) -> str:
        page = world.client(who).get("/admin/").text
        return "".join(re.findall(r'Requests <span class="count">(\d+)</span>', page))

    assert [count(who) for who in ("rep", "rep2", "root")] == ["1", "", "1"]


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("", "Today"),
        ("subscriptions/seatrequest/", "Requests"),
        ("subscriptions/seatrequest/{request}/change/", "Requests"),
        ("subscriptions/plan/", "Products and prices"),
        ("accounts/user/add/", "Users"),
    ],
)
def test_the_entry_above_a_page_is_lit(address: str, entry: str, world: World) -> None:
    address = address.format(request=world.homes["sales"].request.pk)
    page = world.client("root").get(f"/admin/{address}").text
    (lit,) = re.findall(r'(?s)aria-current="page">(.*?)</a>', page)
    assert " ".join(re.sub(r"(?s)<svg.*?</svg>|<span.*?</span>", "", lit).split()) == entry


def test_a_window_that_opens_for_a_field_has_no_frame(world: World) -> None:
    page = world.client("root").get("/admin/auth/group/add/?_popup=1").text
    assert '<nav class="nav"' not in page
