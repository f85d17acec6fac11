"""A page on paper says whose it is and of which day; there is nothing to press on it."""

from playwright.sync_api import expect

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests.journeys.browser import People


def test_a_printed_page_says_account_day_and_person(
    people: People, acme_owner: Membership, suite_nine_of_ten: SeatPool, language: str
) -> None:
    owner = people(acme_owner, language, color_scheme="dark")
    owner.opens("/a/acme/team/")
    line = owner.page.locator(".print-only")
    expect(line).to_be_hidden()
    # As wide as A4 between its margins.
    owner.page.set_viewport_size({"width": 718, "height": 1000})
    owner.page.emulate_media(media="print")
    day = {"en": "23 November 2026", "de": "23. November 2026"}[language]
    for text in ("Acme", day, acme_owner.name):
        expect(line).to_contain_text(text)
    for gone in ("banner", "navigation", "button"):
        expect(owner.page.get_by_role(gone)).to_have_count(0)
    expect(owner.page.get_by_role("columnheader").first).to_be_visible()
