"""The vendor runs a customer: a subscription from its first day to its end and back (D15)."""

from datetime import UTC, date, datetime
from typing import Any

from playwright.sync_api import expect

from accounts.models import Account, AccountKind, Membership, User
from subscriptions.actions.renewal import renew
from subscriptions.models import (
    ChangeRequest,
    ChargeKind,
    Line,
    Order,
    OrderKind,
    Plan,
    ProductKind,
    SeatPool,
)
from tests import cast, moves
from tests.cast import Catalogue
from tests.factories import PlanFactory, ProductFactory
from tests.journeys.browser import People, Person


class Desk(Person):
    """A representative on a customer's page and the pages of its changes."""

    def from_menu(self, line: str, entry: str) -> None:
        """Open the menu of a line and follow an entry."""
        self.page.get_by_role("row").filter(has_text=line).locator("summary").click()
        self.follows(self.t(entry))

    def chooses(self, label: str) -> None:
        self.page.get_by_label(self.t(label), exact=True).check()

    def previews(self) -> None:
        self.presses(self.t("Preview"))

    def does(self, verb: str, why: str = "Telefonisch vereinbart.") -> None:
        """Agree to what is shown, with a reason."""
        self.page.get_by_label(self.t("Reason"), exact=True).fill(why)
        button = self.page.locator(".change__do")
        expect(button).to_contain_text(self.t(verb))
        button.click()
        self.waits()

    def adds(self, plan: Plan, seats: int, price: str = "") -> None:
        self.follows(self.t("Add a line…"))
        self.page.get_by_label(self.t("Plan")).select_option(str(plan.pk))
        self.page.get_by_label(self.t("Seats")).last.fill(str(seats))
        self.page.get_by_label(self.t("Price agreed per seat per month")).fill(price)
        self.previews()
        self.does("Add line")


def sits_at_the_desk(people: People, who: User, language: str) -> Desk:
    person = people(who, language)
    return Desk(person.page, person.home, person.t)


def test_a_customer_from_the_first_order_to_the_end_and_back(
    people: People, root: User, rep: User, catalogue: Catalogue, language: str, today: Any
) -> None:
    """D15, R22"""
    chat = PlanFactory.create(
        product=ProductFactory.create(name="Copilot", kind=ProductKind.ADD_ON), tier="", cents=3000
    )
    better = PlanFactory.create(
        product=catalogue.support_suite.product, tier="Enterprise", cents=14900
    )
    opens_vandelay(people, root, rep, language)
    account = Account.objects.get(name="Vandelay")

    desk = sits_at_the_desk(people, rep, language)
    desk.opens(f"/admin/accounts/account/{account.pk}/desk/")
    desk.sees(desk.t("No lines yet. Add the first one."))
    desk.adds(catalogue.support_suite, 10)
    desk.adds(catalogue.workforce, 4, "20")
    desk.adds(chat, 3)
    desk.sees(desk.t.money(2000), desk.t("catalogue %(amount)s", amount=desk.t.money(2500)))

    # Talk is in the suite: the warning was not read, and the line is corrected to the cent.
    desk.adds(catalogue.talk, 2)
    desk.sees(desk.t("Bought twice: %(products)s", products="Talk"))
    desk.from_menu(str(catalogue.talk), "Added by mistake: correct…")
    desk.does("Correct line")
    desk.sees_no(desk.t("Bought twice: %(products)s", products="Talk"))
    talk = Line.objects.get(plan=catalogue.talk)
    assert sum(talk.charges.values_list("cents", flat=True)) == 0

    desk.from_menu(str(catalogue.support_suite), "Change plan…")
    desk.page.get_by_label(desk.t("Plan")).select_option(str(better.pk))
    desk.previews()
    desk.does("Change plan")
    desk.sees(str(better))

    removes_three_with_credit(desk, account)
    cancels_and_reopens(people, desk, rep, account, today)


def opens_vandelay(people: People, root: User, rep: User, language: str) -> None:
    """A superuser opens the account and its subscription."""
    boss = people(root, language)
    t, page = boss.t, boss.opens("/admin/accounts/account/add/")
    page.locator("[name=name]").fill("Vandelay")
    page.locator("[name=kind]").select_option(AccountKind.SALES_MANAGED)
    page.locator("[name=representative]").select_option(str(rep.pk))
    page.locator("[name=owner_name]").fill("Art Vandelay")
    page.locator("[name=owner_email]").fill("owner@vandelay.example")
    boss.presses(t("Save"))
    page.locator("[name=currency]").select_option("EUR")
    page.locator("[name=cycle]").select_option("monthly")
    page.locator("[name=started_on]").fill("2026-11-01")
    boss.presses(t("Save"))
    boss.is_on("Vandelay")


def removes_three_with_credit(desk: Desk, account: Account) -> None:
    pool = SeatPool.objects.get(subscription__account=account, seats=10)
    desk.follows(desk.t("Change seats…"))
    desk.page.get_by_label(desk.t("Product")).select_option(str(pool.pk))
    desk.page.get_by_label(desk.t("Seats"), exact=True).fill("7")
    desk.chooses("Immediately, with a credit for the days left")
    desk.previews()
    desk.sees("10 → 7")
    desk.does("Change seats")
    order = Order.objects.filter(account=account, kind=OrderKind.SEATS).get()
    assert order.charged_cents < 0
    assert set(order.charges.values_list("kind", flat=True)) == {ChargeKind.CREDIT}
    desk.sees("Telefonisch vereinbart.")


def cancels_and_reopens(
    people: People, desk: Desk, rep: User, account: Account, today: Any
) -> None:
    desk.page.get_by_role("main").get_by_text(desk.t("More"), exact=True).click()
    desk.follows(desk.t("Cancel subscription…"))
    desk.does("Cancel subscription")
    desk.sees(desk.t("The subscription ends."))
    later = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    today.move_to(later)
    renew(subscription=account.subscription, at=later)
    # Whoever signed in a week ago signs in again.
    desk = sits_at_the_desk(people, rep, desk.t.language)
    desk.opens(f"/admin/accounts/account/{account.pk}/desk/")
    desk.follows(desk.t("Reopen subscription…"))
    desk.does("Reopen subscription")
    account.subscription.refresh_from_db()
    assert account.subscription.ended_on is None
    assert account.subscription.period_start == date(2026, 12, 2)
    desk.sees(desk.t("Nothing changes at renewal."))
    assert cast.owner(account).is_owner


def test_a_customer_asks_for_fewer_seats_and_ownership_is_given(
    people: People,
    initech_owner: Membership,
    initech_admin: Membership,
    initech_pool: SeatPool,
    rep: User,
    root: User,
    language: str,
) -> None:
    """D15: approving does what was asked for; two of the vendor's people give the ownership."""
    customer = people(initech_owner, language)
    customer.opens("/a/initech/subscription/")
    customer.follows(customer.t("Request a change"))
    customer.field(customer.t("Seats in all")).fill("35")
    customer.field(customer.t("Reason")).fill("Five people leave in spring.")
    customer.presses(customer.t("Send request"))
    asked = ChangeRequest.objects.get()

    desk = people(rep, language)
    desk.opens(f"/admin/subscriptions/changerequest/{asked.pk}/change/")
    desk.sees("Five people leave in spring.", "40 → 35")
    desk.page.locator(".review__buttons input.default").click()
    desk.waits()
    assert moves.numbers(initech_pool) == (40, 0, 35)

    page = f"/admin/accounts/account/{initech_pool.subscription.account_id}/ownership/"
    desk.opens(page)
    desk.page.locator("[name=to]").select_option(str(initech_admin.pk))
    desk.page.locator("[name=reason]").fill("The owner left the company.")
    desk.presses(desk.t("Ask for confirmation"))
    desk.opens(page)
    desk.sees(desk.t("Another superuser than who asked has to confirm it."))
    boss = people(root, language)
    boss.opens(page)
    boss.sees("The owner left the company.")
    boss.presses(boss.t("Confirm: give ownership"))
    boss.sees(boss.t("Ownership has been given."))
    assert cast.owner(initech_pool.subscription.account).pk == initech_admin.pk
