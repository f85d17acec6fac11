"""What is kept from one test to the next is as new for each of them (`tests/kept.py`)."""

from collections import Counter
from typing import Any

import pytest

from accounts.models import Account, Membership
from accounts.permissions import Role
from tests import cast
from tests.kept import kept

_played: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def played() -> Counter[str]:
    _played.clear()
    return _played


@kept
def team(acme: Account) -> list[Membership]:
    _played["team"] += 1
    return [cast.member(acme, name, Role.ADMIN) for name in ("ann", "bob")]


@kept
def larger_team(team: list[Membership], acme: Account) -> list[Membership]:
    """It changes what it was given: whoever asks for the smaller one never sees that."""
    _played["larger team"] += 1
    team.append(cast.member(acme, "cem", Role.ADMIN))
    acme.name = "Acme & Cem"
    return team


@pytest.fixture
def renamed(acme: Account) -> Account:
    acme.name = "Renamed"
    acme.save()
    return acme


@pytest.mark.parametrize("turn", range(3))
def test_what_one_test_does_the_next_does_not_find(
    turn: int, team: list[Membership], acme: Account
) -> None:
    assert (acme.name, [member.name for member in team]) == ("Acme", ["Acme Ann", "Acme Bob"])
    assert acme.memberships.count() == 3
    acme.name = "Mine"
    acme.save()
    cast.member(acme, "dora", Role.ADMIN)
    team.pop()
    assert _played["team"] == 1


@pytest.mark.parametrize("turn", range(2))
def test_what_is_added_on_top_is_taken_off_again(
    turn: int, larger_team: list[Membership], acme: Account
) -> None:
    assert (len(larger_team), acme.memberships.count()) == (3, 4)
    assert _played["larger team"] == 1


def test_it_is_one_and_the_same_object_wherever_it_is_needed(
    team: list[Membership], acme: Account, acme_subscription: Any
) -> None:
    assert acme.subscription is acme_subscription
    assert acme.name == "Acme"


def test_behind_a_fixture_that_writes_nothing_is_kept(
    renamed: Account, acme: Account, acme_admin: Membership
) -> None:
    assert renamed is acme
    assert acme_admin.account.name == "Renamed"


def test_a_committed_one_is_made_anew(transactional_db: None, acme: Account) -> None:
    assert Account.objects.get() == acme


@pytest.mark.usefixtures("db")
def test_who_asks_for_nobody_finds_nobody() -> None:
    assert not Account.objects.exists()
