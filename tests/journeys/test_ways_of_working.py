"""The same work on a phone, without a script, with the keyboard alone; twice and stale."""

import re

from playwright.sync_api import Page, Route, expect

from accounts.models import Membership
from subscriptions.models import Order, SeatPool
from tests import cast, moves
from tests.journeys.browser import PHONE, People, Person
from tests.moves import numbers

SUITE = "Support Suite Professional"


def test_on_a_phone_the_last_seat_warning_leads_to_a_purchase(
    people: People, acme_owner: Membership, suite_nine_of_ten: SeatPool, language: str
) -> None:
    """R5, R11, R12, R20, R21 on 360 pixels: the navigation opens, the button is in sight."""
    owner = people(acme_owner, language, **PHONE)
    t = owner.t
    owner.opens("/")
    owner.page.get_by_role("button", name=t("Navigation"), exact=True).tap()
    owner.goes_to(t("Team members"))
    owner.is_on(t("Team members"))
    owner.link(t("Manage seats")).tap()
    owner.field(SUITE).fill("3")
    owner.sees("10 → 13")
    button = owner.button(t("Buy seats"))
    expect(button).to_be_in_viewport()
    button.tap()
    owner.is_on(t("Team members"))
    assert numbers(suite_nine_of_ten)[0] == 13


def test_without_a_script_the_cost_is_shown_by_the_button_and_then_bought(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """N1: the first press shows the price, the second agrees to it."""
    owner = people(acme_owner, language, java_script_enabled=False)
    t = owner.t
    owner.opens("/a/acme/seats/add/")
    owner.field(SUITE).fill("2")
    owner.presses(t("Buy seats"))
    owner.sees("10 → 12", t.money(7467))
    assert numbers(suite_pool)[0] == 10
    owner.presses(t("Buy seats"))
    owner.is_on(t("Team members"))
    assert numbers(suite_pool)[0] == 12

    owner.opens("/a/acme/subscription/manage/")
    owner.field(SUITE).fill("11")
    owner.presses(t("Update subscription"))
    owner.presses(t("Update subscription"))
    owner.is_on(t("Subscription"))
    assert numbers(suite_pool) == (12, 0, 11)


def test_without_a_script_people_are_found_and_requests_decided(
    people: People, acme_owner: Membership, acme_admin: Membership, sell_two_of_five: SeatPool,
    language: str,
) -> None:  # fmt: skip
    """R13, D1; issue 4.2: each works by a button."""
    moves.ask(sell_two_of_five, 2, by=acme_admin)
    owner = people(acme_owner, language, java_script_enabled=False)
    t = owner.t
    owner.opens("/a/acme/team/")
    owner.field(t("Search by name or email address")).fill("acme admin")
    owner.presses(t("Search"))
    expect(owner.page.get_by_role("rowheader")).to_have_count(1)
    owner.opens("/a/acme/subscription/requests/")
    owner.presses(t("Approve and buy for %(amount)s", amount=t.money(2613)))
    owner.sees(t("No open requests"))
    assert numbers(sell_two_of_five)[0] == 7


def focused(page: Page) -> str:
    """What a screen reader would say of where the keyboard is."""
    return str(
        page.evaluate(
            """() => { const at = document.activeElement;
            return [at.labels?.[0]?.innerText, at.innerText, at.value].filter(Boolean)
                .map((text) => text.trim()).join(" | "); }"""
        )
    )


# An outline around what has the focus, or around the label it stands in.
SEEN = """() => { const at = document.activeElement;
    return [at, at.closest("label")].some(
        (element) => element && getComputedStyle(element).outlineStyle !== "none"); }"""


def tabs_to(person: Person, name: str) -> None:
    """Tab until the focus is on something of this name; it must come, and be seen."""
    for _press in range(60):
        person.page.keyboard.press("Tab")
        if re.search(rf"(^|\| |\n){re.escape(name)}($|\n| \|)", focused(person.page)):
            assert person.page.evaluate(SEEN), f"{name}: nobody sees the focus"
            return
    raise AssertionError(f"{name} is not reached with Tab")


def test_with_the_keyboard_alone_seats_are_bought(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R12; typing asks for the price and leaves the focus where it is."""
    owner = people(acme_owner, language)
    t, keyboard = owner.t, owner.page.keyboard
    owner.opens("/a/acme/")
    tabs_to(owner, t("Skip to content"))
    tabs_to(owner, t("Team members"))
    keyboard.press("Enter")
    owner.is_on(t("Team members"))
    tabs_to(owner, t("Add more seats"))
    keyboard.press("Enter")
    owner.is_on(t("Add more seats"))
    tabs_to(owner, SUITE)
    keyboard.press("ControlOrMeta+A")
    keyboard.type("2")
    owner.sees("10 → 12")
    assert focused(owner.page).endswith("2")
    tabs_to(owner, t("Details of every line, price and product"))
    keyboard.press("Enter")
    tabs_to(owner, t("Buy seats"))
    keyboard.press("Enter")
    owner.is_on(t("Team members"))
    assert numbers(suite_pool)[0] == 12


def test_with_the_keyboard_alone_a_member_is_added(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """R18"""
    owner = people(acme_owner, language)
    t, keyboard = owner.t, owner.page.keyboard
    owner.opens("/a/acme/")
    tabs_to(owner, t("Add"))
    keyboard.press("Enter")
    tabs_to(owner, t.meant("add menu", "User"))
    keyboard.press("Enter")
    owner.is_on(t("Add team member"))
    tabs_to(owner, t("Email address"))
    keyboard.type("nora@acme.example")
    tabs_to(owner, t("Name"))
    keyboard.type("Nora Neu")
    keyboard.press("Tab")
    tabs_to(owner, SUITE)
    if not owner.page.get_by_role("checkbox", name=SUITE).is_checked():
        keyboard.press("Space")
    tabs_to(owner, t("Add team member"))
    keyboard.press("Enter")
    owner.is_on(t("Team members"))
    assert numbers(suite_pool) == (10, 1, 10)


def test_with_the_keyboard_alone_a_request_is_approved(
    people: People, acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool,
    language: str,
) -> None:  # fmt: skip
    """D1; the focus goes on from the list, not from the top of the page."""
    moves.ask(sell_pool, 2, by=acme_admin)
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/subscription/requests/")
    tabs_to(owner, t("Approve and buy for %(amount)s", amount=t.money(2613)))
    owner.page.keyboard.press("Enter")
    owner.sees(t("No open requests"))
    expect(owner.page.get_by_role("heading", name=t("Open"), exact=True)).to_be_focused()
    assert numbers(sell_pool)[0] == 7


def test_two_buyers_at_once_buy_for_numbers_they_saw(
    people: People, acme_owner: Membership, acme_billing: Membership, suite_pool: SeatPool,
    language: str,
) -> None:  # fmt: skip
    """D6: a stale tab is refused with the new numbers, nothing is bought by it."""
    owner, billing = people(acme_owner, language), people(acme_billing, language)
    t = owner.t
    for person in (owner, billing):
        person.opens("/a/acme/seats/add/")
        person.field(SUITE).fill("2")
        person.sees("10 → 12")
    billing.presses(t("Buy seats"))
    billing.is_on(t("Team members"))

    owner.presses(t("Buy seats"))
    owner.is_on(t("Add more seats"))
    expect(owner.page.get_by_role("alert")).to_be_visible()
    owner.sees("12 → 14")
    assert numbers(suite_pool)[0] == 12
    owner.presses(t("Buy seats"))
    owner.is_on(t("Team members"))
    assert numbers(suite_pool)[0] == 14


def test_two_deciders_at_once_buy_once(
    people: People, acme_owner: Membership, acme_billing: Membership, acme_admin: Membership,
    sell_pool: SeatPool, language: str,
) -> None:  # fmt: skip
    """D6: the second is told in place that it is decided."""
    moves.ask(sell_pool, 2, by=acme_admin)
    owner, billing = people(acme_owner, language), people(acme_billing, language)
    t = owner.t
    approve = t("Approve and buy for %(amount)s", amount=t.money(2613))
    for person in (owner, billing):
        person.opens("/a/acme/subscription/requests/")
    billing.presses(approve)
    billing.sees(t("No open requests"))
    owner.presses(approve)
    owner.sees(t("No open requests"))
    assert numbers(sell_pool)[0] == 7
    assert Order.objects.filter(account=acme_owner.account, charged_cents=2613).count() == 1


def test_a_double_click_and_a_return_buy_once(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """D6: and Back shows the numbers as they are now."""
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/team/")
    owner.follows(t("Add more seats"))
    owner.field(SUITE).fill("2")
    owner.sees("10 → 12")
    owner.button(t("Buy seats")).dblclick()
    owner.is_on(t("Team members"))
    assert numbers(suite_pool)[0] == 12

    owner.page.go_back()
    owner.sees("12 → 13")
    assert Order.objects.filter(account=acme_owner.account, charged_cents=7467).count() == 1


def test_what_is_typed_before_the_scripts_arrive_is_priced_when_they_do(
    people: People, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """N1: on a slow line the number is there before the script is."""
    owner, held = people(acme_owner, "en"), list[Route]()
    owner.page.route(re.compile("/(htmx|app)[^/]*[.]js"), lambda route: held.append(route))
    owner.page.goto(f"{owner.home}/a/acme/seats/add/", wait_until="commit")
    owner.field(SUITE).fill("3")
    owner.sees("10 → 11")
    for script in held:
        script.continue_()
    owner.sees("10 → 13")


def test_who_goes_back_to_a_search_can_go_forward_again(
    people: People, acme_owner: Membership, acme_admin: Membership
) -> None:
    """The browser puts back what was typed and not asked; that is no new page."""
    owner = people(acme_owner, "en")
    owner.opens("/a/acme/team/")
    # On a slow line the answer comes too late: who waits for it has searched.
    too_late = re.compile(r"/team/\?q=")
    owner.page.route(too_late, lambda route: None)
    owner.field(owner.t("Search by name or email address")).fill("admin")
    owner.page.get_by_role("link", name=acme_admin.name).click()
    owner.is_on(acme_admin.name)
    owner.page.unroute(too_late)
    owner.page.go_back(wait_until="load")
    owner.page.wait_for_timeout(500)
    assert owner.path == "/a/acme/team/"
    assert owner.page.go_forward() is not None


def test_the_search_of_the_team_keeps_address_focus_and_back(
    people: People, acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool,
    language: str,
) -> None:  # fmt: skip
    """Issue 4.2: no new page, no request while nothing changed."""
    cast.fill(suite_pool, 3)
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/team/")
    search = owner.field(t("Search by name or email address"))
    names = owner.page.get_by_role("rowheader")
    expect(names).to_have_count(5)

    search.press_sequentially("seat")
    expect(names).to_have_count(3)
    expect(search).to_be_focused()
    expect(owner.page).to_have_url(re.compile(r"/team/\?q=seat$"))
    expect(owner.link(t("Clear"))).to_be_visible()
    asked = len(people.watch.htmx_requests())
    search.press("Enter")
    owner.page.keyboard.press("Shift")
    owner.page.wait_for_timeout(400)
    assert len(people.watch.htmx_requests()) == asked

    owner.field(t("Role")).select_option("admin")
    owner.sees(t("No matches"))
    expect(owner.page).to_have_url(re.compile(r"/team/\?q=seat&role=admin$"))
    owner.page.go_back()
    expect(names).to_have_count(3)
    expect(search).to_have_value("seat")
    expect(owner.field(t("Role"))).to_have_value("")
    owner.page.get_by_role("link", name="seat1").first.click()
    owner.page.go_back()
    expect(names).to_have_count(3)
    owner.follows(t("Clear"))
    expect(names).to_have_count(5)


def test_who_was_signed_out_meanwhile_signs_in_and_comes_back(
    people: People, acme_owner: Membership, suite_pool: SeatPool, language: str
) -> None:
    """What htmx asks for then is no part of the page."""
    acme_owner.user.set_password("correct horse battery")
    acme_owner.user.save()
    owner = people(acme_owner, language)
    t = owner.t
    owner.opens("/a/acme/team/")
    owner.page.context.clear_cookies()
    owner.field(t("Search by name or email address")).fill("a")
    owner.is_on(t("Sign in"))
    owner.page.get_by_label(t("Email")).or_(owner.page.get_by_label(t("Email address"))).first.fill(
        acme_owner.user.email
    )
    owner.page.locator("input[type=password]").fill("correct horse battery")
    owner.presses(t("Sign in"))
    owner.is_on(t("Team members"))
