"""The sales desk: what waits is found and decided from Today; the search is a key away."""

from playwright.sync_api import expect

from accounts.models import AccountKind, Membership, User
from subscriptions.models import SeatPool
from tests import cast, moves
from tests.cast import Catalogue
from tests.journeys.browser import PHONE, People


def test_a_representative_decides_one_after_the_other(
    people: People, initech_admin: Membership, initech_pool: SeatPool, rep: User,
    catalogue: Catalogue, language: str,
) -> None:  # fmt: skip
    """D15, R22"""
    stark = cast.account("stark", AccountKind.SALES_MANAGED, representative=rep)
    pool = cast.pool(stark.subscription, catalogue.sell, seats=10)
    moves.ask(initech_pool, 5, by=initech_admin, at=cast.OPENED)
    moves.ask(pool, 2, by=cast.owner(stark))

    sales = people(rep, language)
    t = sales.t
    sales.opens("/admin/")
    sales.is_on(t("Today"))
    sales.page.get_by_role("link", name=t("Start"), exact=True).click()
    sales.sees("Initech")
    sales.presses(t("Approve"))
    sales.sees(t("This is the next open request."), "Stark")
    sales.presses(t("Approve"))
    sales.sees(t("No other requests are waiting for you."))
    assert moves.numbers(initech_pool)[0] == 45
    assert moves.numbers(pool)[0] == 12


def test_a_slash_leads_to_the_search_and_a_number_to_its_request(
    people: People, initech_admin: Membership, initech_pool: SeatPool, rep: User, language: str,
) -> None:  # fmt: skip
    asked = moves.ask(initech_pool, 5, by=initech_admin)
    sales = people(rep, language)
    sales.opens("/admin/")
    field = sales.page.get_by_role("searchbox", name=sales.t("Search"))
    sales.page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    field.fill("initech")
    field.press("Enter")
    sales.sees("admin@initech.example")
    sales.page.keyboard.press("/")
    field.fill(asked.service_order.number)
    field.press("Enter")
    sales.page.wait_for_url(f"**/seatrequest/{asked.pk}/change/")


def test_the_sidebar_opens_on_a_phone(
    people: People, initech_pool: SeatPool, rep: User, language: str
) -> None:
    sales = people(rep, language, **PHONE)
    sales.opens("/admin/")
    entry = sales.page.get_by_role("navigation").get_by_role("link", name=sales.t("Renewals"))
    expect(entry).to_be_hidden()
    sales.page.get_by_role("button", name=sales.t("Navigation"), exact=True).click()
    entry.click()
    sales.is_on(sales.t("Renewals"))
