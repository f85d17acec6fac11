"""Sales-managed accounts: the request, the service order, the sales."""

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import expect

from accounts.models import Membership, User
from subscriptions.models import SeatPool, ServiceOrder
from tests import cast, moves
from tests.cast import Catalogue
from tests.journeys.browser import People


@pytest.mark.parametrize("who", ["owner", "agent"])
def test_a_sales_managed_account_asks_its_representative_who_approves(
    people: People, initech_owner: Membership, initech_agent: Membership, rep: User,
    initech_pool: SeatPool, mailoutbox: list[EmailMessage], who: str, language: str,
) -> None:  # fmt: skip
    """R2, R19, R22: a service order is opened, the page of Sales shows the cost, approving adds."""
    requester = people(initech_owner if who == "owner" else initech_agent, language)
    t = requester.t
    requester.opens("/a/initech/team/" if who == "owner" else "/a/initech/")
    expect(requester.button(t("Buy seats"))).to_have_count(0)
    requester.follows(t("Request agent seats"))
    requester.is_on(t("Request agent seats"))
    requester.sees("Vendor Rep", "rep@vendor.example")
    requester.field("Support Suite Professional").fill("5")
    requester.sees("40 → 45")
    requester.field(t("Reason")).fill("Zweite Schicht")
    requester.presses(t("Request agent seats"))
    requester.is_on(t("Requests"))
    assert ServiceOrder.objects.count() == 1
    assert ["rep@vendor.example"] in [mail.to for mail in mailoutbox]

    sales = people(rep, language)
    sales.opens("/admin/subscriptions/seatrequest/")
    sales.page.get_by_role("link", name="Initech").first.click()
    sales.sees("Zweite Schicht", "40")
    sales.presses(t("Approve"))
    expect(sales.button(t("Approve"))).to_have_count(0)
    assert moves.numbers(initech_pool)[0] == 45

    requester.opens("/a/initech/subscription/requests/")
    requester.sees(t("No open requests"))


def test_a_representative_sees_their_accounts_only_and_declines_with_a_note(
    people: People, initech_admin: Membership, initech_pool: SeatPool, rep: User, rep2: User,
    language: str,
) -> None:  # fmt: skip
    """R22"""
    moves.ask(initech_pool, 5, by=initech_admin)
    other, sales = people(rep2, language), people(rep, language)
    other.opens("/admin/subscriptions/seatrequest/")
    expect(other.page.get_by_role("link", name="Initech")).to_have_count(0)

    sales.opens("/admin/subscriptions/seatrequest/")
    sales.page.get_by_role("link", name="Initech").first.click()
    sales.page.get_by_role("textbox").last.fill("Erst im Januar.")
    sales.presses(sales.t("Decline"))
    expect(sales.button(sales.t("Decline"))).to_have_count(0)
    assert moves.numbers(initech_pool)[0] == 40


def test_legacy_seats_of_a_sales_managed_account_are_not_requested(
    people: People, initech_owner: Membership, initech_pool: SeatPool, catalogue: Catalogue,
    language: str,
) -> None:  # fmt: skip
    """R23"""
    cast.pool(initech_owner.account.subscription, catalogue.legacy_sell, seats=3)
    owner = people(initech_owner, language)
    owner.opens("/a/initech/seats/request/")
    expect(owner.page.get_by_role("spinbutton")).to_have_count(1)
