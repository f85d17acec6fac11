"""What the demo holds: loaded once, looked at by all tests of this file."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Account, Membership, User
from seatadmin.demo.accounts import ACCOUNTS
from seatadmin.demo.loading import load
from subscriptions.models import Currency, Cycle, Plan, Product, SeatChange, SeatRequest
from subscriptions.rules.seats import needs_full_cart
from subscriptions.selectors.seats import pools_of
from tests.kept import lasting

TODAY = date(2026, 11, 23)

# kind, currency, cycle, and of each pool: assigned, purchased, lines
TABLE = {
    "acme": (
        ("self_service", "EUR", "monthly"),
        (9, 10, "Support Suite Professional", "Workforce Management"),
        (2, 5, "Sell Growth"),
    ),
    "globex": (
        ("online_assisted", "USD", "annual"),
        (25, 25, "Support Professional", "Guide Professional", "Explore Professional"),
        (3, 5, "Talk Professional"),
    ),
    "initech": (
        ("sales_managed", "EUR", "annual"),
        (38, 40, "Support Suite Enterprise"),
        (14, 15, "Sales Suite Professional"),
    ),
    "oldco": (("online_assisted", "USD", "annual"), (6, 10, "Sell Legacy")),
}
TIERS = ("Team", "Growth", "Professional", "Enterprise")
IN_TIERS = (
    *("Support", "Guide", "Chat", "Talk", "Explore", "Sell"),
    *("Support Suite", "Sales Suite"),
)
ADD_ONS = (
    *("Workforce Management", "Quality Assurance", "Advanced Data Privacy"),
    *("Copilot", "Contact Center"),
)
MONTHLY = {
    "Support Suite Professional": 11500,
    "Workforce Management": 2500,
    "Sell Growth": 4900,
}


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with lasting(django_db_blocker):
        load(TODAY)
        yield


@pytest.fixture
def demo(_loaded: None, db: None) -> None:
    """The demo as loaded on `TODAY`, once for all tests that only look at it."""


def test_each_account_has_its_kind_its_money_and_its_pools(demo: None) -> None:
    for slug, (terms, *expected) in TABLE.items():
        account = Account.objects.get(slug=slug)
        subscription = account.subscription
        assert (account.kind, subscription.currency, subscription.cycle) == terms
        pools = [
            (pool.assigned, pool.seats, *map(str, pool.lines.all()))
            for pool in subscription.pools.with_lines()
        ]
        assert pools == expected
    # R16: seven lines make the streamlined cart, eight the full one; all have room.
    for slug, lines, full_cart in (("hooli", 7, False), ("umbrella", 8, True)):
        subscription = Account.objects.get(slug=slug, kind="self_service").subscription
        snapshots = pools_of(subscription)
        assert (subscription.currency, subscription.cycle) == ("USD", "monthly")
        assert sum(len(pool.lines) for pool in snapshots) == lines
        assert needs_full_cart(snapshots) is full_cart
        assert all(pool.available > 1 and pool.assigned for pool in snapshots)


def test_each_account_has_the_cast_and_the_requests_their_order(demo: None) -> None:
    roles = {"owner": "owner", "billing": "billing_admin", "admin": "admin", "agent": "agent"}
    for account in ACCOUNTS:
        for name, role in roles.items():
            email = f"{name}@{account.slug}.example"
            member = Membership.objects.get(account__slug=account.slug, user__email=email)
            assert (member.role, member.status) == (role, "active")
    for status in ("suspended", "invited"):
        member = Membership.objects.get(account__slug="acme", status=status)
        assert (member.role, member.seat_assignments.count()) == ("agent", 1)
    consultant = User.objects.get(email="consultant@partner.example")
    assert dict(consultant.memberships.values_list("account__slug", "role")) == {
        "acme": "admin",
        "globex": "billing_admin",
    }
    rep, rep2 = User.objects.filter(groups__name="Sales").order_by("pk")
    assert (rep.email, rep2.email) == ("rep@vendor.example", "rep2@vendor.example")
    assert {a.slug for a in rep.represented_accounts.all()} == {"globex", "initech", "oldco"}
    assert not rep2.represented_accounts.exists()
    looker = User.objects.get(groups__name="Sales (read only)")
    assert looker.email == "readonly@vendor.example"
    assert User.objects.get(is_superuser=True).email == "root@vendor.example"

    in_acme, in_initech = SeatRequest.objects.open().order_by("pool_id")
    assert (in_acme.pool.name, in_acme.seats) == ("Sell Growth", 3)
    assert [(part.requested_by.user.email, part.seats) for part in in_acme.parts.all()] == [
        ("admin@acme.example", 1), ("agent@acme.example", 2),
    ]  # fmt: skip
    assert (in_initech.pool.name, in_initech.seats) == ("Support Suite Enterprise", 5)
    assert in_initech.is_for_representative
    assert in_initech.service_order.is_open


def test_the_catalogue_and_its_prices(demo: None) -> None:
    plans = {str(plan): plan for plan in Plan.objects.select_related("product")}
    in_tiers = [f"{name} {tier}" for name in IN_TIERS for tier in TIERS]
    assert sorted(plans) == sorted([*in_tiers, *ADD_ONS, "Sell Legacy"])
    assert [name for name, plan in plans.items() if plan.is_legacy] == ["Sell Legacy"]
    included = {p.name: {i.name for i in p.includes.all()} for p in Product.objects.all()}
    assert included["Support Suite"] == {"Support", "Guide", "Chat", "Talk", "Explore"}
    assert included["Sales Suite"] == {"Sell", "Talk", "Explore"}
    for name, plan in plans.items():
        for currency in Currency:
            prices = dict(plan.prices.filter(currency=currency).values_list("cycle", "cents"))
            assert prices[Cycle.ANNUAL] < prices[Cycle.MONTHLY]
            assert prices[Cycle.MONTHLY] == MONTHLY.get(name, prices[Cycle.MONTHLY])


def test_a_second_run_changes_nothing(demo: None, settings: Any) -> None:
    settings.DEBUG = True
    before = (User.objects.count(), SeatChange.objects.count())
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert (User.objects.count(), SeatChange.objects.count()) == before
