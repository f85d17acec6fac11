"""What happened is said in one place, in sight wherever the person is on the page."""

import re

from playwright.sync_api import expect

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests import moves
from tests.journeys.browser import PHONE, People


def test_far_down_on_a_phone_a_decision_is_said_in_sight(
    people: People, acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool,
    sell_two_of_five: SeatPool, language: str,
) -> None:  # fmt: skip
    for pool in (suite_pool, sell_two_of_five):
        moves.ask(pool, 2, by=acme_admin)
    owner = people(acme_owner, language, **PHONE)
    t = owner.t
    owner.opens("/a/acme/subscription/requests/")
    last = owner.page.get_by_role("article").filter(has_text="Sell Growth")
    last.get_by_role("textbox").fill("No.")
    last.get_by_role("button", name=t("Decline")).tap()
    said = t("Request declined. %(name)s will be notified by email.", name=acme_admin.name)
    owner.hears(said)
    place = owner.page.locator("#messages")
    expect(place.get_by_text(said)).to_be_in_viewport()

    # A second one takes its place, and a redirect brings the same place with it.
    first = owner.page.get_by_role("article").filter(has_text="Support Suite")
    first.get_by_role("textbox").fill("No.")
    first.get_by_role("button", name=t("Decline")).tap()
    expect(owner.page.get_by_role("article")).to_have_count(0)
    expect(place.locator(".toast")).to_have_count(1)


def test_no_answer_is_said_in_the_same_place(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/subscription/manage/")
    owner.page.route(re.compile(r"/manage/\?"), lambda route: route.abort())
    owner.page.mouse.wheel(0, 400)
    owner.field("Support Suite Professional").fill("12")
    told = t(
        "The server cannot be reached. Nothing was changed. Check your connection and try again."
    )
    expect(owner.page.locator("#messages").get_by_text(told)).to_be_in_viewport()
    owner.hears(told)
    # The console complains of the same.
    people.watch.troubles.clear()
