"""The team table: a whole row leads to the member, and the table fits where it stands."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests import cast
from tests.journeys.browser import People

TEAM = "/a/acme/team/"


def test_the_whole_row_leads_to_the_member(
    people: People, acme_owner: Membership, acme_agent: Membership
) -> None:
    owner = people(acme_owner)
    page = owner.opens(TEAM)
    row = page.get_by_role("row").filter(has_text="agent@acme.example")
    box = row.bounding_box()
    assert box

    page.mouse.click(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)

    expect(page).to_have_url(re.compile(f"/team/{acme_agent.pk}/$"))


def test_the_address_in_a_row_can_be_marked(
    people: People, acme_owner: Membership, acme_agent: Membership
) -> None:
    owner = people(acme_owner)
    page = owner.opens(TEAM)
    address = page.get_by_text("agent@acme.example")

    address.dblclick()

    assert page.evaluate("getSelection().toString()").strip() in "agent@acme.example"
    assert page.evaluate("getSelection().toString()")
    assert page.url.endswith(TEAM)


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_the_table_fits(
    people: People, acme_owner: Membership, acme_billing: Membership, suite_pool: SeatPool,
    sell_pool: SeatPool, language: str, width: int,
) -> None:  # fmt: skip
    cast.fill(suite_pool, 2)
    owner = people(acme_owner, language, viewport={"width": width, "height": 800})
    page = owner.opens(TEAM)

    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    if width == 1920:
        box = page.locator("table").bounding_box()
        assert box
        assert box["width"] > 1400
