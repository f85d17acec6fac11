"""Two people, or one person twice, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Account, Membership, Status
from accounts.permissions import Role
from subscriptions.models import SeatPool
from team.actions import add_member, change_member
from tests import cast


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Do all of it at once, each on a connection of its own; results or refusals."""

    def one(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(one, actions))


@pytest.fixture
def crowded(transactional_db: None, suite_pool: SeatPool, sell_pool: SeatPool) -> Account:
    """One Suite seat left."""
    cast.fill(suite_pool, 9)
    return suite_pool.subscription.account


@pytest.mark.parametrize("with_seat", [True, False])
def test_a_form_sent_twice_at_once_adds_once(
    crowded: Account, suite_pool: SeatPool, at: datetime, with_seat: bool
) -> None:
    """D6: both get the same member, the last seat is taken once."""
    owner = cast.owner(crowded)

    def add() -> int:
        return add_member(
            email="nora@acme.example",
            name="Nora",
            role=Role.AGENT if with_seat else Role.ADMIN,
            pool_ids=[suite_pool.pk] if with_seat else [],
            by=owner,
            at=at,
        ).pk

    added = together(add, add, add)

    assert len(set(added)) == 1
    assert crowded.memberships.filter(pk=added[0], status=Status.INVITED).exists()
    suite_pool.refresh_from_db()
    assert suite_pool.assigned == (10 if with_seat else 9)


def test_two_admins_give_the_last_seat_once(
    crowded: Account, suite_pool: SeatPool, sell_pool: SeatPool, at: datetime
) -> None:
    """D5"""
    owner = cast.owner(crowded)
    agents = [cast.member(crowded, name, Role.AGENT, sell_pool) for name in ("ann", "bob")]

    def give(member: Membership) -> Callable[[], Any]:
        return lambda: change_member(
            membership=member,
            name=member.name,
            role=Role.AGENT,
            pool_ids=[suite_pool.pk, sell_pool.pk],
            by=owner,
            at=at,
        )

    results = together(*(give(agent) for agent in agents))

    assert results.count("no_seat") == 1
    suite_pool.refresh_from_db()
    assert (suite_pool.assigned, suite_pool.seats) == (10, 10)
