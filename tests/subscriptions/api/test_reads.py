"""A program reads what is bought, what it costs and what was asked for (D19)."""

import pytest

from accounts.actions import open_account
from accounts.models import Account, AccountKind, Membership
from accounts.permissions import Role
from core.api.ids import public_id
from subscriptions.models import SeatPool
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents
from tests import cast, moves
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def program(acme_owner: Membership) -> Program:
    return Program(token(acme_owner)[1])


def test_the_subscription_says_what_the_page_says(
    program: Program, acme: Account, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    said = program.get("subscription").json()
    assert said["renews_on"] == "2026-12-01"
    assert (said["currency"], said["cycle"]) == ("EUR", "monthly")
    assert said["next_period_cents"] == 10 * (11500 + 2500)
    assert said["next_period_cents"] == next_period_cents(
        acme.subscription, pools_of(acme.subscription)
    )


def test_a_pool_and_its_lines(
    program: Program, acme_agent: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    page = program.get("pools").json()
    assert [pool["name"] for pool in page["data"]] == [
        "Support Suite Professional",
        "Sell Growth",
    ]
    suite = page["data"][0]
    assert suite == program.get(f"pools/{suite['id']}").json()
    numbers = [suite[name] for name in ("purchased", "assigned", "available", "at_renewal")]
    assert numbers == [10, 1, 9, 10]
    assert (suite["unit_cents"], suite["currency"]) == (11500 + 2500, "EUR")
    [line, workforce, _sell] = program.get("lines").json()["data"]
    assert [line["id"], workforce["id"]] == suite["lines"]
    assert (line["name"], line["pool"], line["seats"]) == (
        "Support Suite Professional",
        suite["id"],
        10,
    )


def test_a_purchase_is_among_the_charges_to_the_cent(
    program: Program, suite_pool: SeatPool, acme_owner: Membership
) -> None:
    moves.buy({suite_pool: 2}, by=acme_owner)
    *_first, charge, workforce = program.get("charges").json()["data"]
    assert charge["kind"] == "purchase"
    assert (charge["seats"], charge["unit_cents"], charge["currency"]) == (2, 11500, "EUR")
    # The lines of one order share its rounded sum.
    assert charge["cents"] + workforce["cents"] == round(2 * (11500 + 2500) * 8 / 30)
    assert (charge["days"], charge["of_days"], charge["months"]) == (8, 30, 1)
    assert charge["by"] == {
        "name": "Acme Owner",
        "channel": "page",
        "token": None,
        "command": "",
    }
    assert charge["charged_at"] == "2026-11-23T12:00:00Z"


def test_a_request_is_found_by_its_state(
    program: Program, suite_pool: SeatPool, acme_admin: Membership, acme_owner: Membership
) -> None:
    asked = moves.ask(suite_pool, 3, by=acme_admin)
    [said] = program.get("requests", status="open").json()["data"]
    assert said["id"] == public_id("req", asked.pk)
    assert (said["seats"], said["pool"]) == (3, public_id("pool", suite_pool.pk))
    assert said["requested_by"]["name"] == "Acme Admin"
    moves.approve(asked, by=acme_owner)
    assert program.get("requests", status="open").json()["data"] == []
    closed = program.get(f"requests/{said['id']}").json()
    assert (closed["status"], closed["decided_by"]) == ("approved", "Acme Owner")
    assert closed["order"].startswith("ord_")


@pytest.mark.parametrize("address", ["subscription", "pools", "lines", "charges", "requests"])
@pytest.mark.django_db
def test_an_account_that_has_bought_nothing_is_told_so(address: str) -> None:
    owner = open_account(
        name="New", slug="new", kind=AccountKind.SELF_SERVICE, representative=None,
        owner_email="owner@new.example", owner_name="New Owner", by=cast.SETUP,
        at=cast.OPENED,
    )  # fmt: skip
    answer = Program(token(owner)[1]).get(address)
    if address in ("charges", "requests"):
        assert answer.json()["data"] == []
    else:
        assert (answer.status_code, answer.json()["code"]) == (404, "no_subscription")


@pytest.mark.parametrize("address", ["pools/{}", "requests/{}"])
def test_what_is_another_accounts_is_not_there(
    program: Program, address: str, suite_pool: SeatPool, stranger: Membership
) -> None:
    plan = suite_pool.lines.all()[0].plan
    foreign = cast.pool(stranger.account.subscription, plan, seats=2)
    agent = cast.member(stranger.account, "asks", Role.ADMIN)
    asked = moves.ask(foreign, 1, by=agent)
    ids = {"pools/{}": ("pool", foreign.pk), "requests/{}": ("req", asked.pk)}
    theirs = program.get(address.format(public_id(*ids[address])))
    nobodys = program.get(address.format(public_id(ids[address][0], 987_654)))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()
