"""Nothing anybody does, in any order, makes a seat wrong. Longer: `make soak`."""

import time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import AccountKind, User
from accounts.permissions import Role
from subscriptions.models import Cycle
from tests import cast, moves
from tests.conftest import RecordProperty
from tests.soundness.desk import unseen
from tests.soundness.machine import Company

UNHURRIED = settings(
    max_examples=12,
    stateful_step_count=28,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def companies(db: None, rep: User, rep2: User, root: User, catalogue: cast.Catalogue) -> None:
    """One account of each kind, small enough that its seats run out."""
    for slug, kind in (
        ("acme", AccountKind.SELF_SERVICE),
        ("globex", AccountKind.ONLINE_ASSISTED),
        ("initech", AccountKind.SALES_MANAGED),
    ):
        cycle = Cycle.ANNUAL if slug == "initech" else Cycle.MONTHLY
        account = cast.account(slug, kind, cycle=cycle, representative=rep)
        suite = cast.pool(
            account.subscription, catalogue.support_suite, catalogue.workforce, seats=4
        )
        legacy = cast.pool(account.subscription, catalogue.legacy_sell, seats=3)
        cast.member(account, "billing", Role.BILLING_ADMIN)
        admin = cast.member(account, "admin", Role.ADMIN, suite)
        cast.member(account, "agent", Role.AGENT, suite, legacy)
        cast.member(account, "enduser", Role.END_USER)
        cast.give_seat(suite, cast.owner(account))
        moves.ask(suite, 2, by=admin)


@pytest.mark.long
def test_no_sequence_of_deeds_makes_a_seat_wrong(
    companies: None, soak: float, record_property: RecordProperty
) -> None:
    """D2-D7, D9, D15, D16, R10, R22, R23, N4: held against everything after every step."""
    until = time.monotonic() + soak * 60
    run_state_machine_as_test(Company, settings=UNHURRIED)
    while time.monotonic() < until:
        run_state_machine_as_test(
            Company, settings=settings(UNHURRIED, max_examples=20, stateful_step_count=60)
        )
    company = Company()
    company.see_all()
    company.teardown()
    record_property("actions", dict(Company.tally))
    assert not unseen(Company.tally)
