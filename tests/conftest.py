"""The permanent cast as fixtures, each built only where a test asks for it.

acme is self-service, globex online-assisted, initech sales-managed. Members are
named `<account>_<role>`; whoever is named in a test is active and signed up.
"""

import gc
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.models import Account, AccountKind, Membership, User
from accounts.permissions import Role
from subscriptions.models import Currency, Cycle, SeatPool, Subscription
from tests import cast
from tests.cast import Catalogue
from tests.factories import UserFactory
from tests.history import empty_tables_after_each_test
from tests.kept import forget, in_order, kept, lasting, prepare
from tests.world import World, build

# Test responses have more attributes than `HttpResponse` declares.
ClientFor = Callable[[Membership | User], Any]
RecordProperty = Callable[[str, object], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak", type=float, default=0, metavar="MINUTES",
        help="Play the state machine this long, and kill many workers instead of a few.",
    )  # fmt: skip


def pytest_configure() -> None:
    # Signing in with a real hash costs a tenth of a second each time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Otherwise each test client would read the collected static files, which a fresh clone lacks.
    settings.STATIC_ROOT = settings.VAR_DIR / "not-collected"
    # An in-memory SQLite has only one connection; tests with several people need more.
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = f"{database['NAME']}-test"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_order(items)
    # Else one worker is still busy with such a test when the other has nothing left.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    # What is loaded by now stays to the end; looking through it for garbage cost 7 % of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """How much a soak has tried."""
    if config.getoption("--soak"):
        for report in terminalreporter.getreports("passed"):
            for what, figures in report.user_properties:
                terminalreporter.write_line(f"{what}: {figures}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    empty_tables_after_each_test()


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> None:
    """No guess and no link asked for in the test before counts in this one."""
    cache.clear()


@pytest.fixture(autouse=True, scope="module")
def nothing_kept_for_longer(django_db_blocker: Any) -> Iterator[None]:
    yield
    forget(django_db_blocker)


@pytest.fixture(autouse=True)
def cast_is_ready(request: pytest.FixtureRequest) -> None:
    """Before the test's own transaction; see `tests.kept`."""
    prepare(request)


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> float:
    """For how many minutes the long run lasts; 0 in an ordinary one."""
    minutes: float = request.config.getoption("--soak")
    return minutes


@kept
def at() -> datetime:
    """Now, in the actions: Monday, 23 November 2026, noon UTC."""
    return cast.NOW


@pytest.fixture
def clock() -> Iterator[Any]:
    """Now, in the pages: the same moment, standing still; `clock.move_to(...)` moves it."""
    with time_machine.travel(cast.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client_for(clock: Any) -> ClientFor:
    """A browser in which someone is signed in, at `at`."""

    def signed_in(who: Membership | User) -> Client:
        client = Client()
        client.force_login(
            who.user if isinstance(who, Membership) else who,
            backend="django.contrib.auth.backends.ModelBackend",
        )
        return client

    return signed_in


@kept
def catalogue(db: None) -> Catalogue:
    return cast.catalogue()


# acme: self-service, EUR, monthly


@kept
def acme(db: None) -> Account:
    return cast.account("acme")


@kept
def acme_subscription(acme: Account) -> Subscription:
    return acme.subscription


@kept
def suite_pool(acme_subscription: Subscription, catalogue: Catalogue) -> SeatPool:
    """Support Suite Professional with Workforce Management: 10 purchased, none assigned."""
    return cast.pool(acme_subscription, catalogue.support_suite, catalogue.workforce, seats=10)


@kept
def sell_pool(acme_subscription: Subscription, catalogue: Catalogue) -> SeatPool:
    """Sell Growth: 5 purchased, none assigned."""
    return cast.pool(acme_subscription, catalogue.sell, seats=5)


@kept
def suite_nine_of_ten(suite_pool: SeatPool) -> SeatPool:
    """One seat left: nine agents, added an hour apart."""
    cast.fill(suite_pool, 9)
    suite_pool.refresh_from_db()
    return suite_pool


@kept
def sell_two_of_five(sell_pool: SeatPool) -> SeatPool:
    cast.fill(sell_pool, 2)
    sell_pool.refresh_from_db()
    return sell_pool


@kept
def acme_owner(acme: Account) -> Membership:
    return cast.owner(acme)


@kept
def acme_billing(acme: Account) -> Membership:
    return cast.member(acme, "billing", Role.BILLING_ADMIN)


@kept
def acme_admin(acme: Account) -> Membership:
    return cast.member(acme, "admin", Role.ADMIN)


@kept
def acme_agent(acme: Account, suite_pool: SeatPool) -> Membership:
    """Holds one seat of `suite_pool`."""
    return cast.member(acme, "agent", Role.AGENT, suite_pool)


@kept
def acme_end_user(acme: Account) -> Membership:
    return cast.member(acme, "enduser", Role.END_USER)


@kept
def bare(db: None) -> Membership:
    """The owner of an account that has bought nothing yet."""
    return cast.newcomer("bare")


# globex: online-assisted, USD, annual


@kept
def rep(db: None) -> User:
    """Represents globex and initech."""
    return cast.representative("rep")


@kept
def rep2(db: None) -> User:
    """Represents nobody in the cast."""
    return cast.representative("rep2")


@kept
def root(db: None) -> User:
    return UserFactory.create(
        email="root@vendor.example", name="Vendor Root", is_staff=True, is_superuser=True
    )


@kept
def globex(rep: User) -> Account:
    return cast.account(
        "globex",
        AccountKind.ONLINE_ASSISTED,
        currency=Currency.USD,
        cycle=Cycle.ANNUAL,
        representative=rep,
    )


@kept
def globex_pool(globex: Account, catalogue: Catalogue) -> SeatPool:
    """Support, Guide and Explore Professional together: 25 purchased."""
    return cast.pool(
        globex.subscription, catalogue.support, catalogue.guide, catalogue.explore, seats=25
    )


@kept
def globex_talk(globex: Account, catalogue: Catalogue) -> SeatPool:
    """Talk Professional: 5 purchased."""
    return cast.pool(globex.subscription, catalogue.talk, seats=5)


@kept
def globex_owner(globex: Account) -> Membership:
    return cast.owner(globex)


@kept
def globex_billing(globex: Account) -> Membership:
    return cast.member(globex, "billing", Role.BILLING_ADMIN)


@kept
def globex_admin(globex: Account) -> Membership:
    return cast.member(globex, "admin", Role.ADMIN)


@kept
def globex_agent(globex: Account, globex_pool: SeatPool) -> Membership:
    return cast.member(globex, "agent", Role.AGENT, globex_pool)


# initech: sales-managed, EUR, annual


@kept
def initech(rep: User) -> Account:
    return cast.account(
        "initech", AccountKind.SALES_MANAGED, cycle=Cycle.ANNUAL, representative=rep
    )


@kept
def initech_pool(initech: Account, catalogue: Catalogue) -> SeatPool:
    """Support Suite Professional: 40 purchased."""
    return cast.pool(initech.subscription, catalogue.support_suite, seats=40)


@kept
def initech_owner(initech: Account) -> Membership:
    return cast.owner(initech)


@kept
def initech_billing(initech: Account) -> Membership:
    return cast.member(initech, "billing", Role.BILLING_ADMIN)


@kept
def initech_admin(initech: Account) -> Membership:
    return cast.member(initech, "admin", Role.ADMIN)


@kept
def initech_agent(initech: Account, initech_pool: SeatPool) -> Membership:
    return cast.member(initech, "agent", Role.AGENT, initech_pool)


@kept
def stranger(db: None) -> Membership:
    """The owner of another account, hooli, with nothing to do with acme."""
    return cast.owner(cast.account("hooli"))


# Everybody at once


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with lasting(django_db_blocker):
        with time_machine.travel(cast.NOW, tick=False):
            found = build()
        yield found


@pytest.fixture
def world(db: None, built: World, clock: Any) -> World:
    """Three accounts and everyone in them; built once for a module, as new for each test."""
    return built
