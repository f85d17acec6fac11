"""Subscription → Manage, by those who buy there and those who do not."""

import pytest
from playwright.sync_api import expect

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool
from tests import cast
from tests.cast import Catalogue
from tests.journeys.browser import People
from tests.moves import numbers


def test_an_owner_sees_every_plan_and_buys_on_the_subscription_page(
    people: People, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, language: str
) -> None:
    """R2, R4, R5, R8, R9, R15: up, charged now."""
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/")

    owner.goes_to(t("Subscription"))
    owner.is_on(t("Subscription"))
    crumbs = owner.page.get_by_role("navigation", name=t("Breadcrumbs"))
    expect(crumbs).to_contain_text(t("Account"))
    expect(crumbs).to_contain_text(t("Billing"))
    for product in ("Support Suite", "Workforce Management", "Sell"):
        expect(owner.page.get_by_role("rowheader").filter(has_text=product).first).to_be_visible()

    owner.follows(t("Manage"))
    owner.is_on(t("Manage subscription"))
    owner.sees(t("%(number)s available", number=10), t("%(number)s available", number=5))
    owner.sees(t("with %(name)s, same number of seats", name="Workforce Management"))
    expect(owner.page.get_by_role("spinbutton")).to_have_count(2)

    owner.field("Support Suite Professional").fill("12")
    owner.sees("10 → 12", t.money(7467), t("was %(amount)s", amount=t.money(164500)))
    owner.presses(t("Update subscription"))

    owner.is_on(t("Subscription"))
    bought = t.many(
        "%(number)s %(pool)s seat bought: %(before)s → %(after)s.",
        "%(number)s %(pool)s seats bought: %(before)s → %(after)s.",
        2,
        pool="Support Suite Professional",
        before=10,
        after=12,
    )
    owner.hears(bought)
    assert numbers(suite_pool) == (12, 0, 12)


def test_fewer_seats_go_at_renewal_and_can_be_kept(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R8: down; D3: at renewal, undone until then."""
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/subscription/manage/")

    owner.field("Support Suite Professional").fill("8")
    owner.sees("10 → 8", t.money(0))
    owner.presses(t("Update subscription"))
    owner.is_on(t("Subscription"))
    owner.sees(t("Scheduled"), t("%(number)s at renewal", number=8))
    assert numbers(suite_pool) == (10, 0, 8)

    owner.presses(t("Undo and keep %(seats)s", seats=10))
    owner.sees_no(t("Scheduled"))
    assert numbers(suite_pool) == (10, 0, 10)


def test_the_last_added_lose_their_seats_and_are_named_before(
    people: People, acme_billing: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R3: a billing admin may; R10, N2."""
    agents = cast.fill(suite_pool, 9)
    billing = people(acme_billing, language)
    t = billing.t
    billing.opens("/a/acme/subscription/manage/")

    billing.field("Support Suite Professional").fill("8")
    billing.page.get_by_role("radio", name=t("Immediately")).check()
    billing.sees(t("They lose it immediately."))
    loses = billing.page.get_by_role("status").get_by_role("listitem")
    expect(loses).to_contain_text(agents[-1].name)
    billing.sees(t("becomes an end user"))
    billing.page.get_by_text(t("Choose someone else")).click()
    billing.page.get_by_role("checkbox", name=agents[0].name).check()
    expect(loses).to_contain_text(agents[0].name)
    # What was opened stays open while the page asks what follows.
    expect(billing.page.get_by_role("checkbox", name=agents[0].name)).to_be_checked()
    expect(billing.page.get_by_role("checkbox", name=agents[-1].name)).not_to_be_checked()
    billing.presses(t("Update subscription"))
    assert numbers(suite_pool) == (10, 9, 10)
    yes = ("Yes, remove %(number)s seat immediately", "Yes, remove %(number)s seats immediately")
    billing.presses(t.many(*yes, 2))
    billing.is_on(t("Subscription"))

    agents[0].refresh_from_db()
    agents[-1].refresh_from_db()
    assert (agents[0].role, agents[-1].role) == (Role.END_USER, Role.AGENT)
    assert numbers(suite_pool) == (8, 8, 8)


def test_who_may_not_change_it_sees_no_manage_and_whom_to_ask(
    people: People, acme_admin: Membership, acme_owner: Membership, suite_pool: SeatPool,
    language: str,
) -> None:  # fmt: skip
    """R3, R6: an admin may ask for a change."""
    admin = people(acme_admin, language)
    t = admin.t
    admin.opens("/a/acme/subscription/")

    expect(admin.link(t("Manage"))).to_have_count(0)
    expect(admin.link(t("Request agent seats"))).to_be_visible()
    admin.sees(acme_owner.name)
    expect(admin.link("owner@acme.example")).to_be_visible()
    admin.opens("/a/acme/subscription/manage/")
    admin.sees(acme_owner.name)


def test_in_a_sales_managed_account_the_representative_is_named(
    people: People, initech_owner: Membership, initech_pool: SeatPool, language: str
) -> None:
    """R6: not even the owner sees Manage."""
    owner = people(initech_owner, language)
    owner.opens("/a/initech/subscription/")
    expect(owner.link(owner.t("Manage"))).to_have_count(0)
    owner.sees("Vendor Rep")
    expect(owner.link("rep@vendor.example")).to_be_visible()


def test_online_assisted_seats_are_only_added(
    people: People, globex_owner: Membership, globex_pool: SeatPool, language: str
) -> None:
    """R7, R9: three plans, one number."""
    owner = people(globex_owner, language)
    t = owner.t
    owner.opens("/a/globex/subscription/")
    owner.follows(t("Manage"))
    number = owner.field("Support Professional")

    number.fill("24")
    owner.sees("rep@vendor.example).", t("Correct the marked number to see the cost."))
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(owner.button(t("Process order"))).to_be_disabled()
    assert numbers(globex_pool) == (25, 0, 25)

    owner.field("Support Professional").fill("27")
    owner.sees("25 → 27")
    owner.presses(t("Process order"))
    owner.is_on(t("Subscription"))
    assert numbers(globex_pool) == (27, 0, 27)


@pytest.fixture
def legacy_pool(acme: Account, catalogue: Catalogue) -> SeatPool:
    """Legacy Sell: 4 of 5 seats assigned."""
    pool = cast.pool(acme.subscription, catalogue.legacy_sell, seats=5)
    cast.fill(pool, 4)
    return pool


def test_of_a_legacy_plan_only_unassigned_seats_go(
    people: People, acme_owner: Membership, legacy_pool: SeatPool, language: str
) -> None:
    """R23"""
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/subscription/manage/")
    owner.sees(t("Legacy plan: only unassigned seats can be removed, at renewal."))

    owner.field("Sell Professional").fill("3")
    owner.sees(t("Correct the marked number to see the cost."))
    expect(owner.button(t("Update subscription"))).to_be_disabled()

    owner.field("Sell Professional").fill("4")
    owner.sees("5 → 4")
    owner.presses(t("Update subscription"))
    owner.is_on(t("Subscription"))
    assert numbers(legacy_pool) == (5, 4, 4)
