"""Seats bought or requested from Team members, and while someone is being added."""

import re

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import Route, expect

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool, SeatRequest
from tests import cast
from tests.cast import Catalogue
from tests.journeys.browser import People, Person
from tests.moves import numbers

SUITE = "Support Suite Professional"


def bought(person: Person, number: int, before: int, after: int, pool: str = SUITE) -> str:
    """The sentence of R17."""
    return person.t.many(
        "%(number)s %(pool)s seat bought: %(before)s → %(after)s.",
        "%(number)s %(pool)s seats bought: %(before)s → %(after)s.",
        number,
        pool=pool,
        before=before,
        after=after,
    )


def test_a_buyer_adds_seats_from_team_members(
    people: People, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, language: str
) -> None:
    """R2, R11, R12, R14, R15, R16 (streamlined), R17, N1."""
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/")
    owner.goes_to(t("Team members"))
    crumbs = owner.page.get_by_role("navigation", name=t("Breadcrumbs"))
    expect(crumbs).to_contain_text(t("People"))
    owner.follows(t("Add more seats"))
    owner.is_on(t("Add more seats"))

    owner.sees(
        t("Enter only the additional seats you want to add, not the number you need in all.")
    )
    expect(owner.page.get_by_role("spinbutton")).to_have_count(1)
    owner.field(SUITE).fill("2")
    owner.sees("10 → 12", t.money(7467))
    details = owner.page.get_by_text(t("Details of every line, price and product"))
    details.click()
    lines = owner.page.get_by_role("listitem").filter(has_text="Workforce Management")
    expect(lines.filter(has_text=t.money(1333))).to_be_visible()
    details.click()
    expect(lines).not_to_be_visible()

    owner.presses(t("Buy seats"))
    owner.is_on(t("Team members"))
    owner.hears(bought(owner, 2, 10, 12))
    assert numbers(suite_pool) == (12, 0, 12)


def test_an_online_assisted_account_buys_at_once(
    people: People, globex_billing: Membership, globex_pool: SeatPool, globex_talk: SeatPool,
    language: str,
) -> None:  # fmt: skip
    """R3, R12; another pool is chosen by its name (R16)."""
    billing = people(globex_billing, language)
    billing.opens("/a/globex/team/")
    billing.follows(billing.t("Add more seats"))
    billing.follows("Talk Professional")
    billing.field("Talk Professional").fill("1")
    billing.sees("5 → 6")
    billing.presses(billing.t("Buy seats"))
    billing.hears(bought(billing, 1, 5, 6, "Talk Professional"))
    assert numbers(globex_talk) == (6, 0, 6)


def test_who_buys_before_the_preview_is_asked_for_hears_what_was_bought(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R17: a form that is on its way asks for nothing more."""
    owner = people(acme_owner, language)
    owner.opens("/a/acme/seats/add/")

    def hold(route: Route) -> None:
        owner.page.wait_for_timeout(500)
        route.continue_()

    owner.page.route(re.compile("/seats/add/$"), hold)
    # In one go: from here to the browser may take longer than the page waits to ask.
    owner.button(owner.t("Buy seats")).evaluate(
        """(button) => {
            button.form.dispatchEvent(new Event("input"));
            button.click();
        }"""
    )
    owner.is_on(owner.t("Team members"))
    owner.hears(bought(owner, 1, 10, 11))
    assert numbers(suite_pool)[0] == 11
    assert not people.watch.htmx_requests()


@pytest.fixture
def eight_lines(
    suite_pool: SeatPool, sell_pool: SeatPool, catalogue: Catalogue, acme: Account
) -> list[SeatPool]:
    """Seven pools with eight lines."""
    plans = (catalogue.support, catalogue.guide, catalogue.explore, catalogue.talk)
    more = [cast.pool(acme.subscription, plan, seats=3) for plan in plans]
    legacy = cast.pool(acme.subscription, catalogue.legacy_sell, seats=3)
    return [suite_pool, sell_pool, *more, legacy]


def test_more_than_seven_lines_show_the_full_cart(
    people: People, acme_owner: Membership, eight_lines: list[SeatPool], language: str
) -> None:
    """R16: every pool, and several at once."""
    owner = people(acme_owner, language)
    owner.opens("/a/acme/seats/add/")
    expect(owner.page.get_by_role("spinbutton")).to_have_count(len(eight_lines))
    expect(owner.field(SUITE)).to_have_value("")
    expect(owner.button(owner.t("Buy seats"))).to_be_disabled()
    owner.field(SUITE).fill("1")
    owner.field("Talk Professional").fill("2")
    owner.sees("10 → 11", "3 → 5")
    owner.presses(owner.t("Buy seats"))
    owner.is_on(owner.t("Team members"))
    owner.hears(bought(owner, 1, 10, 11))
    assert numbers(eight_lines[0])[0] == 11


def test_a_big_purchase_is_asked_once_more(
    people: People, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, language: str
) -> None:
    """N1, D6: naming number and sum; another number typed beside the question takes it back."""
    owner = people(acme_owner, language)
    t = owner.t
    texts = ("Yes, buy %(number)s seat for %(amount)s", "Yes, buy %(number)s seats for %(amount)s")
    yes = t.many(*texts, 500, amount=t.money(1866667))
    owner.opens("/a/acme/seats/add/")
    owner.field(SUITE).fill("500")
    owner.sees("10 → 510")
    owner.presses(t("Buy seats"))
    expect(owner.button(yes)).to_be_visible()
    expect(owner.button(t("Buy seats"))).to_be_hidden()
    owner.field(SUITE).fill("2")
    owner.sees("10 → 12")
    expect(owner.button(yes)).to_be_hidden()
    owner.field(SUITE).fill("500")
    owner.sees("10 → 510")
    owner.presses(t("Buy seats"))
    owner.link(t("Back")).click()
    expect(owner.field(SUITE)).to_have_value("500")
    owner.presses(t("Buy seats"))
    owner.presses(yes)
    owner.hears(bought(owner, 500, 10, 510))
    assert numbers(suite_pool) == (510, 0, 510)


def test_the_button_that_buys_stays_in_sight_with_every_detail_open(
    people: People, acme_owner: Membership, eight_lines: list[SeatPool], language: str
) -> None:
    """R15, N1: at 1280 × 800."""
    owner = people(acme_owner, language)
    owner.page.set_viewport_size({"width": 1280, "height": 800})
    owner.opens("/a/acme/seats/add/")
    for number in owner.page.get_by_role("spinbutton").all():
        number.fill("2")
    owner.sees("10 → 12", "3 → 5")
    owner.page.get_by_text(owner.t("Details of every line, price and product")).click()
    expect(owner.button(owner.t("Buy seats"))).to_be_in_viewport(ratio=1)


def test_opened_details_leave_what_stands_above_them_in_sight(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R15, at 1280 × 800: they begin in sight, and the column moves no further than that."""
    owner = people(acme_owner, language)
    t, page = owner.t, owner.page
    page.set_viewport_size({"width": 1280, "height": 800})
    owner.opens("/a/acme/seats/add/")
    owner.field(SUITE).fill("2")
    owner.sees("10 → 12", t.money(7467))
    page.get_by_text(t("Details of every line, price and product")).click()
    summary = page.locator("#summary-body")
    expect(summary.get_by_role("heading")).to_be_in_viewport(ratio=1)
    top = summary.evaluate("body => body.getBoundingClientRect().top")
    for part in (summary.get_by_role("heading"), summary.locator("summary")):
        assert part.evaluate("part => part.getBoundingClientRect().top") >= top
    first = summary.locator(".sums dt").first
    assert first.evaluate("part => part.getBoundingClientRect().top") >= top
    # That it scrolls is to be seen: its bar has a width of its own.
    scrolls = summary.evaluate("body => body.scrollHeight > body.clientHeight")
    bar = summary.evaluate("body => getComputedStyle(body, '::-webkit-scrollbar').width")
    assert bar == "8px" or not scrolls


def test_an_admin_requests_and_a_buyer_approves_in_place(
    people: People, acme_admin: Membership, acme_billing: Membership, sell_pool: SeatPool,
    mailoutbox: list[EmailMessage], language: str,
) -> None:  # fmt: skip
    """R3, R13, D1, N1, N4: the decision needs no new page and is said aloud."""
    admin = people(acme_admin, language)
    t = admin.t
    admin.opens("/a/acme/team/")
    admin.follows(t("Add more seats"))
    expect(admin.button(t("Buy seats"))).to_have_count(0)
    admin.field("Sell Growth").fill("2")
    admin.sees("5 → 7")
    admin.presses(t("Request agent seats"))
    admin.is_on(t("Request agent seats"))
    expect(admin.field("Sell Growth")).to_have_value("2")
    admin.sees(t.money(2613))
    admin.field(t("Reason")).fill("Zwei Kolleginnen beginnen am Montag.")
    admin.presses(t("Request agent seats"))
    admin.is_on(t("Requests"))

    billing = people(acme_billing, language)
    billing.opens("/a/acme/")
    billing.goes_to(t("Requests"))
    billing.sees("Zwei Kolleginnen beginnen am Montag.", "5 → 7")
    pages = whole_pages(people)
    billing.presses(t("Approve and buy for %(amount)s", amount=t.money(2613)))
    billing.hears(bought(billing, 2, 5, 7, "Sell Growth"))
    billing.sees(t("No open requests"))
    expect(billing.page.get_by_role("heading", name=t("Open"), exact=True)).to_be_focused()
    assert whole_pages(people) == pages
    assert numbers(sell_pool) == (7, 0, 7)
    assert acme_admin.user.email in [to for mail in mailoutbox[-2:] for to in mail.to]


def whole_pages(people: People) -> list[str]:
    """Every page that was loaded as a whole."""
    return [r.url for r in people.watch.requests if r.is_navigation_request()]


def test_a_request_is_declined_with_a_note_or_withdrawn(
    people: People, acme_admin: Membership, acme_owner: Membership, suite_pool: SeatPool,
    sell_pool: SeatPool, language: str,
) -> None:  # fmt: skip
    """N4: a decision without its note is refused in place, what was typed stays."""
    admin, owner = people(acme_admin, language), people(acme_owner, language)
    t = admin.t
    for pool in (suite_pool, sell_pool):
        admin.opens(f"/a/acme/seats/request/?pool={pool.pk}")
        admin.field(t("Reason")).fill("Saison")
        admin.presses(t("Request agent seats"))
        admin.is_on(t("Requests"))
    owner.opens("/a/acme/subscription/requests/")
    suite = owner.page.get_by_role("article").filter(has_text=SUITE)
    suite.get_by_role("button", name=t("Decline")).click()
    expect(suite.get_by_role("alert")).to_be_visible()
    expect(suite.get_by_role("button", name=t("Decline"))).to_be_focused()
    suite.get_by_label(t("Note to the requester")).fill("Erst im Januar.")
    suite.get_by_role("button", name=t("Decline")).click()
    owner.hears(t("Request declined. %(name)s will be notified by email.", name=acme_admin.name))

    admin.opens("/a/acme/subscription/requests/")
    admin.sees("Erst im Januar.")
    admin.presses(t("Withdraw request"))
    admin.hears(t("Request withdrawn."))
    admin.sees(t("No open requests"))
    assert not SeatRequest.objects.open().exists()


def test_with_no_seat_left_adding_leads_to_buying_and_back(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R18: from any page, and nothing typed is lost."""
    cast.fill(suite_pool, 10)
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/subscription/")
    header = owner.page.get_by_role("banner")
    header.get_by_text(t("Add"), exact=True).click()
    header.get_by_role("link", name=t.meant("add menu", "User")).click()

    owner.is_on(t("Add more seats"))
    owner.follows(t("Add someone without a seat"))
    owner.is_on(t("Add team member"))
    owner.sees(t("None available"))
    owner.field(t("Email address")).fill("nora@acme.example")
    owner.field(t("Name")).fill("Nora Neu")
    owner.page.get_by_role("checkbox", name=SUITE).check()
    owner.presses(t("Buy seats"))

    owner.is_on(t("Add more seats"))
    owner.presses(t("Buy seats"))
    owner.is_on(t("Add team member"))
    owner.hears(bought(owner, 1, 10, 11))
    owner.sees(t("Your entries are still here."))
    expect(owner.field(t("Name"))).to_have_value("Nora Neu")
    owner.presses(t("Add team member"))
    owner.is_on(t("Team members"))
    owner.sees("Nora Neu")
    assert numbers(suite_pool) == (11, 11, 11)


def test_who_adds_is_warned_of_the_last_seat_and_led_to_more(
    people: People, acme_owner: Membership, suite_nine_of_ten: SeatPool, language: str
) -> None:
    """R20, R21: on Team members and on the form, naming the pool; the link leads to buying."""
    owner = people(acme_owner, language)
    t = owner.t
    warning = t("Only 1 %(name)s seat is left.", name=SUITE)
    owner.opens("/a/acme/team/")
    owner.sees(warning)
    owner.follows(t("Manage seats"))
    owner.is_on(t("Add more seats"))
    owner.opens("/a/acme/team/add/")
    owner.sees(warning)
    owner.field(t("Name")).fill("Nora Neu")
    owner.presses(t("Manage seats"))
    owner.is_on(t("Add more seats"))
    owner.presses(t("Buy seats"))
    owner.hears(bought(owner, 1, 10, 11))
    owner.sees_no(warning)
    expect(owner.field(t("Name"))).to_have_value("Nora Neu")


def test_enter_adds_the_person_and_never_buys(
    people: People, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, language: str
) -> None:
    """R18: also where a button for seats stands above the form."""
    cast.fill(suite_pool, 10)
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/team/add/")
    expect(owner.button(t("Manage seats"))).to_be_visible()
    owner.page.get_by_role("checkbox", name="Sell Growth").check()
    owner.field(t("Name")).fill("Nora Neu")
    owner.field(t("Email address")).fill("nora@acme.example")
    owner.field(t("Email address")).press("Enter")
    owner.is_on(t("Team members"))
    owner.sees("Nora Neu")
    assert numbers(sell_pool) == (5, 1, 5)


@pytest.mark.parametrize("role", ["admin", "sales_managed"])
def test_who_may_not_buy_is_led_to_the_request_form(
    people: People, role: str, acme_admin: Membership, initech_owner: Membership,
    suite_pool: SeatPool, initech_pool: SeatPool, language: str,
) -> None:  # fmt: skip
    """R21, R13, R19"""
    who, pool = (acme_admin, suite_pool) if role == "admin" else (initech_owner, initech_pool)
    SeatPool.objects.filter(pk=pool.pk).update(seats=1, seats_at_renewal=1)
    person = people(who, language)
    person.opens(f"/a/{who.account.slug}/team/")
    person.follows(person.t("Manage seats"))
    person.is_on(person.t("Request agent seats"))


def test_buyers_are_told_in_good_time_and_told_how(
    people: People, acme_owner: Membership, acme_admin: Membership, suite_nine_of_ten: SeatPool,
    mailoutbox: list[EmailMessage], language: str,
) -> None:  # fmt: skip
    """R1: the mail about the last seat leads to the page where seats are bought."""
    admin = people(acme_admin, language)
    t = admin.t
    admin.opens("/a/acme/team/add/")
    admin.field(t("Email address")).fill("nora@acme.example")
    admin.field(t("Name")).fill("Nora Neu")
    admin.page.get_by_role("checkbox", name=SUITE).check()
    admin.presses(t("Add team member"))
    admin.is_on(t("Team members"))
    admin.sees(t("No %(name)s seats are left.", name=SUITE))

    told = mailoutbox[-1]
    assert told.to == [acme_owner.user.email]
    link = next(word for word in str(told.body).split() if "/seats/add/" in word)
    owner = people(acme_owner, language)
    owner.opens(link.removeprefix("http://testserver"))
    owner.is_on(t("Add more seats"))


def test_a_member_with_no_seat_role_adds_none(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """D2: an admin needs no seat; the role says what it means."""
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/team/add/")
    owner.field(t("Email address")).fill("ada@acme.example")
    owner.field(t("Name")).fill("Ada")
    owner.page.get_by_role("radio", name=t.label(Role.ADMIN), exact=False).last.check()
    owner.page.get_by_role("checkbox", name=SUITE).uncheck()
    owner.presses(t("Add team member"))
    owner.is_on(t("Team members"))
    assert numbers(suite_pool) == (10, 0, 10)
