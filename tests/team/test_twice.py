"""Two people, or one person twice, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.actions import suspend
from accounts.models import Account, IdempotencyRecord, Membership, Status
from accounts.permissions import Role
from subscriptions.models import SeatPool
from team.actions import add_member, change_member, reactivate_member, release_seats
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


def adding(
    by: Membership, pool: SeatPool | None, at: datetime, key: str, name: str = "Nora"
) -> Callable[[], int]:
    """Send the form for Nora; with a seat she is an agent, else an admin."""
    return lambda: (
        add_member(
            email="nora@acme.example",
            name=name,
            role=Role.AGENT if pool else Role.ADMIN,
            pool_ids=[pool.pk] if pool else [],
            by=by,
            at=at,
            idempotency_key=key,
        ).pk
    )


@pytest.mark.parametrize("with_seat", [True, False])
def test_a_form_sent_twice_at_once_adds_once(
    crowded: Account, suite_pool: SeatPool, at: datetime, with_seat: bool
) -> None:
    """D6: all get the same member, the last seat is taken once."""
    add = adding(cast.owner(crowded), suite_pool if with_seat else None, at, "form")

    added = together(add, add, add)

    assert len(set(added)) == 1
    assert crowded.memberships.filter(pk=added[0], status=Status.INVITED).exists()
    assert IdempotencyRecord.objects.get(key="form").results == [added[0]]
    suite_pool.refresh_from_db()
    assert suite_pool.assigned == (10 if with_seat else 9)


@pytest.mark.parametrize("with_seat", [True, False])
def test_of_two_contents_under_one_key_at_once_one_is_refused(
    crowded: Account, suite_pool: SeatPool, at: datetime, with_seat: bool
) -> None:
    """D6"""
    owner, pool = cast.owner(crowded), suite_pool if with_seat else None

    results = together(
        adding(owner, pool, at, "form"), adding(owner, pool, at, "form", name="Nora Else")
    )

    assert results.count("used_form") == 1
    assert crowded.memberships.filter(user__email="nora@acme.example").count() == 1


@pytest.mark.parametrize("with_seat", [True, False])
@pytest.mark.parametrize("by_another", [True, False])
def test_of_two_forms_for_one_person_at_once_one_is_refused(
    crowded: Account, suite_pool: SeatPool, at: datetime, with_seat: bool, by_another: bool
) -> None:
    """D6: with a key of its own, or in the hands of another, it is another form."""
    owner, pool = cast.owner(crowded), suite_pool if with_seat else None
    other = cast.member(crowded, "admin", Role.ADMIN) if by_another else owner

    results = together(
        adding(owner, pool, at, "form"),
        adding(other, pool, at, "form" if by_another else "other"),
    )

    taken = "no_seat" if with_seat else "already_member"
    assert len({taken, "already_member"} & set(results)) == 1
    assert crowded.memberships.filter(user__email="nora@acme.example").count() == 1
    # What was refused has left nothing that would answer for it.
    assert IdempotencyRecord.objects.filter(key__in=("form", "other")).count() == 1


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


def suspended(account: Account, pool: SeatPool, at: datetime) -> Membership:
    return suspend(
        membership=cast.member(account, "sue", Role.AGENT, pool), by=cast.owner(account), at=at
    )


def test_two_come_back_to_the_last_seat_and_one_gets_it(
    crowded: Account, suite_pool: SeatPool, sell_pool: SeatPool, at: datetime
) -> None:
    """D2, D5"""
    owner = cast.owner(crowded)
    gone = [cast.member(crowded, name, Role.AGENT, sell_pool) for name in ("ann", "bob")]
    for member in gone:
        suspend(membership=member, by=owner, at=at)
        release_seats(membership=member, by=owner, at=at)

    def back(member: Membership) -> Callable[[], Any]:
        return lambda: reactivate_member(
            membership=member, role=Role.AGENT, pool_ids=[suite_pool.pk], by=owner, at=at
        )

    results = together(*(back(member) for member in gone))

    assert results.count("no_seat") == 1
    statuses = crowded.memberships.filter(pk__in=[m.pk for m in gone]).values_list("status")
    assert sorted(statuses) == [(Status.ACTIVE,), (Status.SUSPENDED,)]


def test_released_while_coming_back_nobody_is_an_active_agent_without_a_seat(
    crowded: Account, sell_pool: SeatPool, at: datetime
) -> None:
    """D2: whichever comes first, the other meets what it left."""
    owner, sue = cast.owner(crowded), suspended(crowded, sell_pool, at)

    results = together(
        lambda: release_seats(membership=sue, by=owner, at=at),
        lambda: reactivate_member(membership=sue, by=owner, at=at),
    )

    row = Membership.objects.get(pk=sue.pk)
    assert (row.status, row.role, row.seat_assignments.count(), results[1]) in (
        (Status.SUSPENDED, Role.AGENT, 0, "agent_needs_seat"),
        (Status.ACTIVE, Role.END_USER, 0, row),
    )
