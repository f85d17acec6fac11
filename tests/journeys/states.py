"""Every page in every state, as someone who sees it comes there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import expect

from accounts.models import Membership
from accounts.permissions import Role
from core.models import OutboxEntry
from events.actions import send_test
from events.models import Attempt
from subscriptions.models import SeatPool
from tests import cast, changes, moves
from tests.events import hooks
from tests.journeys.browser import Person


@dataclass(frozen=True)
class State:
    """A page, and what one does there; whoever does it is a fixture's name."""

    who: str | None
    path: str
    then: Callable[[Person], None] = lambda person: None

    def __str__(self) -> str:
        return f"{self.who or 'nobody'} {self.path} {self.then.__name__.strip('<>_')}"


def _fill(number: str, label: str = "Support Suite Professional") -> Callable[[Person], None]:
    def typed(person: Person) -> None:
        with person.page.expect_response(lambda answer: "hx-request" in answer.request.headers):
            person.field(label).fill(number)

    return typed


def _press(label: str) -> Callable[[Person], None]:
    def pressed(person: Person) -> None:
        person.presses(person.t(label))

    return pressed


def _fewer_at_once(person: Person) -> None:
    _fill("7")(person)
    person.page.get_by_role("radio", name=person.t("Immediately")).check()
    person.page.get_by_text(person.t("Choose someone else")).click()


def _asked_once_more(person: Person) -> None:
    _fill("500")(person)
    person.sees("510")
    person.presses(person.t("Buy seats"))


def _open_menus(person: Person) -> None:
    person.page.get_by_role("banner").get_by_text(person.t("Your menu")).click(force=True)


def _follow(link: str) -> Callable[[Person], None]:
    def followed(person: Person) -> None:
        person.page.get_by_role("main").get_by_role("link", name=link).first.click()

    return followed


def _preview_fewer_seats(person: Person) -> None:
    """At the desk, with a credit: what it does, and whom it costs a seat."""
    person.page.get_by_role("main").get_by_role("link", name="Initech").first.click()
    person.follows(person.t("Change seats…"))
    person.page.get_by_label(person.t("Seats"), exact=True).fill("1")
    person.presses(person.t("Preview"))


def _withdraw(person: Person) -> None:
    person.presses(person.t("Withdraw request"))
    person.hears(person.t("Request withdrawn."))


def _retire(person: Person) -> None:
    """What follows if the first plan of a product is retired."""
    person.follows("Sell")
    person.follows(person.t("Retire %(plan)s", plan="Sell Growth"))


def _decline_without_a_note(person: Person) -> None:
    person.presses(person.t("Decline"))
    expect(person.page.get_by_role("main").get_by_role("alert")).to_be_visible()


def _search(person: Person) -> None:
    person.field(person.t("Search by name or email address")).fill("nobody at all")
    person.sees(person.t("No matches"))


def _delivery(person: Person) -> None:
    _follow("hooks.example")(person)
    _follow("Test")(person)


SIGNED_OUT = [
    State(None, "/auth/login/"),
    State(None, "/auth/login/", _press("Sign in")),
    State(None, "/auth/password/reset/"),
    State(None, "/auth/invitation/unknown/"),
    State(None, "/styleguide/"),
]
# Two halves of about the same length: each builds its people once.
STATES = {
    "owners": [
        State("acme_owner", "/a/acme/"),
        State("acme_owner", "/a/acme/", _open_menus),
        State("acme_owner", "/a/acme/subscription/"),
        State("acme_owner", "/a/acme/subscription/manage/"),
        State("acme_owner", "/a/acme/subscription/manage/", _fill("12")),
        State("acme_owner", "/a/acme/subscription/manage/", _fewer_at_once),
        State("acme_owner", "/a/acme/subscription/manage/", _fill("0")),
        State("acme_owner", "/a/acme/subscription/requests/"),
        State("acme_owner", "/a/acme/subscription/requests/", _decline_without_a_note),
        State("acme_owner", "/a/acme/api-tokens/"),
        State("acme_owner", "/a/acme/api-tokens/add/"),
        State("acme_owner", "/a/acme/api-tokens/add/", _press("Create API token")),
        State("acme_owner", "/a/acme/webhooks/"),
        State("acme_owner", "/a/acme/webhooks/add/"),
        State("acme_owner", "/a/acme/webhooks/add/", _press("Add webhook")),
        State("acme_owner", "/a/acme/webhooks/", _follow("hooks.example")),
        State("acme_owner", "/a/acme/webhooks/", _delivery),
        State("acme_owner", "/a/acme/seats/add/"),
        State("acme_owner", "/a/acme/seats/add/", _press("Buy seats")),
        State("acme_owner", "/a/acme/seats/add/", _asked_once_more),
        State("globex_owner", "/a/globex/subscription/"),
        State("globex_owner", "/a/globex/subscription/manage/"),
        State("initech_owner", "/a/initech/subscription/"),
        State("initech_owner", "/a/initech/subscription/manage/"),
        State("initech_owner", "/a/initech/seats/request/"),
        State("initech_owner", "/a/initech/subscription/requests/"),
        State("initech_owner", "/a/initech/subscription/request-change/"),
        State("initech_owner", "/a/initech/subscription/request-change/?kind=cancellation"),
        State("initech_agent", "/a/initech/"),
    ],
    "teams": [
        State("acme_owner", "/a/acme/team/"),
        State("acme_owner", "/a/acme/team/", _search),
        State("acme_owner", "/a/acme/team/add/"),
        State("acme_owner", "/a/acme/team/add/", _press("Add team member")),
        State("acme_owner", "/a/acme/team/", _follow("Acme Owner")),
        State("acme_owner", "/a/acme/team/", _follow("Acme Sam")),
        State("acme_owner", "/a/acme/nothing-here/"),
        State("acme_owner", "/auth/password/change/"),
        State("acme_admin", "/a/acme/subscription/"),
        State("acme_admin", "/a/acme/seats/add/"),
        State("acme_admin", "/a/acme/seats/request/"),
        State("acme_admin", "/a/acme/seats/request/", _press("Request agent seats")),
        State("acme_admin", "/a/acme/subscription/manage/"),
        State("acme_admin", "/a/acme/subscription/requests/", _withdraw),
        State("acme_admin", "/a/acme/subscription/request-change/", _press("Send request")),
        State("acme_agent", "/a/acme/"),
        State("acme_agent", "/a/acme/team/"),
        State("acme_end_user", "/a/acme/"),
        State("stranger", "/a/hooli/subscription/"),
        State("stranger", "/a/hooli/subscription/request-change/"),
        State("stranger", "/a/hooli/team/"),
    ],
}
SALES = [
    State("rep", "/admin/"),
    State("root", "/admin/"),
    State("rep", "/admin/renewals/?days=365&cycle=all"),
    State("rep", "/admin/unused/"),
    State("rep", "/admin/scheduled/"),
    State("rep", "/admin/search/?q=initech"),
    State("root", "/admin/lists/"),
    State("root", "/admin/accounts/account/add/"),
    State("root", "/admin/auth/group/"),
    State("rep", "/admin/accounts/account/", _follow("Initech")),
    State("rep", "/admin/accounts/account/", _preview_fewer_seats),
    State("rep", "/admin/subscriptions/seatrequest/"),
    State("rep", "/admin/subscriptions/seatrequest/", _follow("Initech")),
    State("rep", "/admin/subscriptions/changerequest/"),
    State("rep", "/admin/subscriptions/changerequest/", _follow("Initech")),
    State("root", "/admin/accounts/auditentry/"),
    State("root", "/admin/subscriptions/seatchange/"),
    State("root", "/admin/subscriptions/charge/"),
    State("root", "/admin/core/outboxentry/"),
    State("root", "/admin/subscriptions/product/"),
    State("root", "/admin/subscriptions/product/", _follow("Sell")),
    State("rep", "/admin/subscriptions/product/", _follow("Sell")),
    State("root", "/admin/subscriptions/product/", _retire),
]


def furnish(
    suite_pool: SeatPool, sell_pool: SeatPool, admin: Membership, initech_admin: Membership
) -> None:
    """Something of everything: a last seat, a request, a webhook, an invited member."""
    account = admin.account
    taken = SeatPool.objects.get(pk=suite_pool.pk).assigned
    cast.member(account, "sam", Role.AGENT, suite_pool, active=False)
    cast.fill(suite_pool, max(9, taken + 1))
    cast.fill(sell_pool, 5)
    moves.set_numbers({suite_pool: 9}, by=cast.owner(account))
    moves.ask(sell_pool, 2, by=admin)
    initech = initech_admin.account.subscription.pools.first()
    assert initech
    moves.ask(initech, 5, by=initech_admin)
    changes.ask(changes.fewer(initech, 1), by=initech_admin)
    _tell_a_program(cast.owner(account))


def _tell_a_program(owner: Membership) -> None:
    """A webhook that answers at length, and that not well."""
    place = "https://hooks.example/" + "customer-relationship-management/" * 4
    webhook = hooks.add(owner, place, ["member.renamed", "pool.seats_bought"])
    test = send_test(endpoint=webhook, idempotency_key="", by=owner, at=cast.NOW)
    Attempt.objects.create(
        delivery=test, at=cast.NOW, milliseconds=87, status=500, answer="Out of order. " * 99
    )
    OutboxEntry.objects.filter(webhook_delivery=test).update(
        due_at=cast.NOW + timedelta(hours=6), tries=1
    )
