"""A developer reads what the API does, and tries it out."""

from playwright.sync_api import expect

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests.journeys.browser import PHONE, People
from tests.keys import token


def test_a_stranger_reads_every_operation_in_both_languages_and_schemes(
    people: People, language: str
) -> None:
    """Swagger UI draws it under our content policy; `people` holds that nothing is reported."""
    for scheme in ("light", "dark"):
        reader = people(None, language, color_scheme=scheme)
        page = reader.opens("/api/docs/")
        pools = page.locator("#operations-pools-list_pools")
        expect(pools).to_contain_text("Every pool of the subscription")
        pools.get_by_role("button").first.click()
        expect(pools).to_contain_text("scope_missing")
        expect(pools).to_contain_text("Support Suite Professional")
        assert page.locator("html.dark-mode").count() == (scheme == "dark")


def test_an_operation_is_tried_out_with_a_token(
    people: People, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    _row, key = token(acme_owner)
    page = people(None).opens("/api/docs/")
    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#auth-bearer-value").nth(1).fill(str(key))
    page.get_by_label("Apply credentials").nth(1).click()
    page.get_by_role("button", name="Close").first.click()
    pools = page.locator("#operations-pools-list_pools")
    pools.get_by_role("button").first.click()
    pools.get_by_role("button", name="Try it out").click()
    pools.get_by_role("button", name="Execute").click()
    expect(pools.locator(".live-responses-table")).to_contain_text('"purchased": 10')


def test_a_problem_leads_to_its_code(people: People, language: str) -> None:
    reader = people(None, language, **PHONE)
    page = reader.opens("/api/docs/problems/#no_seat")
    expect(page.locator("#no_seat")).to_be_in_viewport()
    page.get_by_role("link", name="key_expired").click()
    expect(page.locator("#key_expired")).to_be_in_viewport()
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide
