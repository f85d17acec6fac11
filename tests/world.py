"""Three accounts, one of each kind, with a member in every state: built once for a whole module.

Each test still has its own transaction: what it does is undone, the world stays.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.actions import remove, suspend
from accounts.models import Account, AccountKind, ApiToken, Membership, User
from accounts.permissions import Role
from events.actions import add_endpoint, send_test
from events.models import Delivery, WebhookEndpoint
from subscriptions.actions import issue_product_key
from subscriptions.models import ChangeRequest, SeatPool, SeatRequest
from tests import cast, changes, moves
from tests.factories import UserFactory

KINDS = {
    "self": AccountKind.SELF_SERVICE,
    "online": AccountKind.ONLINE_ASSISTED,
    "sales": AccountKind.SALES_MANAGED,
}
MEMBERS = ("owner", "billing", "admin", "agent", "enduser", "suspended", "invited", "removed")
OUTSIDERS = ("anonymous", "stranger", "rep", "rep2", "root")
WHO = (*MEMBERS, *OUTSIDERS)


@dataclass
class Home:
    """One account: its people, its pool of ten seats, its admin's requests.

    And its owner's token and webhook, to which a test was sent.
    """

    account: Account
    people: dict[str, Membership]
    target: Membership
    pool: SeatPool
    request: SeatRequest
    change: ChangeRequest
    token: ApiToken
    webhook: WebhookEndpoint
    delivery: Delivery


@dataclass
class World:
    homes: dict[str, Home]
    foreign: Home
    users: dict[str, User]
    sessions: dict[int, str] = field(default_factory=dict)

    def user(self, who: str, kind: str = "self") -> User | None:
        """The user of this name, None for "anonymous"; members belong to this kind of account."""
        if who in MEMBERS:
            return self.homes[kind].people[who].user
        return self.users.get(who)

    def client(self, who: str, kind: str = "self", **more: Any) -> Client:
        """A client in which the person is signed in; an exception becomes a 500 response."""
        return self.browser(self.user(who, kind), **more)

    def browser(self, user: User | None, **more: Any) -> Client:
        """The browser of somebody who signed in before the test began."""
        client = Client(raise_request_exception=False, **more)
        if user:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[user.pk]
        return client

    def sign_in(self) -> None:
        for user in User.objects.all():
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            self.sessions[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value


def build() -> World:
    """The representative of the online-assisted and the sales-managed account is `rep`."""
    rep, plans = cast.representative("rep"), cast.catalogue()
    homes = {
        kind: _home(kind, account_kind, plans.support_suite, None if kind == "self" else rep)
        for kind, account_kind in KINDS.items()
    }
    foreign = _home("foreign", AccountKind.SELF_SERVICE, plans.sell, None)
    users = {
        "stranger": foreign.people["owner"].user,
        "rep": rep,
        "rep2": cast.representative("rep2"),
        "looker": cast.onlooker("looker"),
        "root": UserFactory.create(
            email="root@vendor.example", name="Vendor Root", is_staff=True, is_superuser=True
        ),
    }
    issue_product_key(
        name="Sign-in", product=plans.support_suite.product, expires_on=None, by=users["root"],
        at=cast.NOW,
    )  # fmt: skip
    world = World(homes, foreign, users)
    world.sign_in()
    return world


def _home(slug: str, kind: AccountKind, plan: Any, rep: User | None) -> Home:
    account = cast.account(slug, kind, representative=rep)
    pool = cast.pool(account.subscription, plan, seats=10)
    boss = cast.owner(account)
    people = {
        "owner": boss,
        "billing": cast.member(account, "billing", Role.BILLING_ADMIN),
        "admin": cast.member(account, "admin", Role.ADMIN),
        "agent": cast.member(account, "agent", Role.AGENT, pool),
        "enduser": cast.member(account, "enduser", Role.END_USER),
        "suspended": cast.member(account, "suspended", Role.ADMIN),
        # The invitation is young, so that it can still be accepted.
        "invited": cast.member(account, "invited", Role.ADMIN, at=cast.NOW, active=False),
        "removed": cast.member(account, "removed", Role.ADMIN),
    }
    suspend(membership=people["suspended"], by=boss, at=cast.NOW)
    remove(membership=people["removed"], by=boss, at=cast.NOW)
    target = cast.member(account, "target", Role.AGENT, pool)
    asked = moves.ask(pool, 2, people["admin"], cast.NOW - timedelta(days=1))
    change = changes.ask(changes.fewer(pool, 4), people["admin"], cast.NOW - timedelta(days=1))
    for member in people.values():
        member.refresh_from_db()
    token, _key = moves.issue(boss)
    webhook = add_endpoint(
        url="https://hooks.example/", event_types=None, idempotency_key="", by=boss, at=cast.NOW
    )
    tested = send_test(endpoint=webhook, idempotency_key="", by=boss, at=cast.NOW)
    seats = SeatPool.objects.get(pk=pool.pk)
    return Home(account, people, target, seats, asked, change, token, webhook, tested)
