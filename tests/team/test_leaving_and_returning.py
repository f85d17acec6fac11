"""Downgrade, suspension and return: what becomes of role and seats, and who is told (D2)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest

from accounts.actions import suspend
from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool
from subscriptions.rules.quotes import Timing
from team.actions import (
    change_member,
    downgrade_to_end_user,
    reactivate_member,
    release_seats,
    remove_member,
)
from tests import cast, moves
from tests.kept import kept
from tests.refusals import refused

Commit = Callable[..., AbstractContextManager[Any]]


def now(member: Membership) -> tuple[str, str, int]:
    row = Membership.objects.get(pk=member.pk)
    return row.status, row.role, row.seat_assignments.count()


@kept
def seatless(acme_agent: Membership, acme_owner: Membership, at: datetime) -> Membership:
    """A suspended agent whose seats are released."""
    suspend(membership=acme_agent, by=acme_owner, at=at)
    release_seats(membership=acme_agent, by=acme_owner, at=at)
    assert now(acme_agent) == ("suspended", "agent", 0)
    return acme_agent


def test_a_suspended_agent_without_a_seat_comes_back_with_one(
    seatless: Membership, acme_owner: Membership, suite_pool: SeatPool, at: datetime
) -> None:
    reactivate_member(
        membership=seatless, role=Role.AGENT, pool_ids=[suite_pool.pk], by=acme_owner, at=at
    )

    assert now(seatless) == ("active", "agent", 1)
    assert moves.numbers(suite_pool) == (10, 1, 10)


def test_or_with_another_role(seatless: Membership, acme_owner: Membership, at: datetime) -> None:
    reactivate_member(membership=seatless, role=Role.ADMIN, by=acme_owner, at=at)

    assert now(seatless) == ("active", "admin", 0)


def test_but_not_as_an_agent_with_nothing(
    seatless: Membership, acme_owner: Membership, at: datetime
) -> None:
    with refused("agent_needs_seat"):
        reactivate_member(membership=seatless, by=acme_owner, at=at)
    assert now(seatless) == ("suspended", "agent", 0)


def test_coming_back_is_refused_for_lack_of_a_seat(
    seatless: Membership, acme_owner: Membership, suite_pool: SeatPool, at: datetime
) -> None:
    """D5: nothing changes, they stay suspended."""
    cast.fill(suite_pool, 10)

    with refused("no_seat"):
        reactivate_member(
            membership=seatless, role=Role.AGENT, pool_ids=[suite_pool.pk], by=acme_owner, at=at
        )
    assert now(seatless) == ("suspended", "agent", 0)


def test_who_kept_the_seat_just_comes_back(
    acme_agent: Membership, acme_owner: Membership, sell_pool: SeatPool, at: datetime
) -> None:
    """Given a seat while somebody looked at the page that asks for one: theirs is enough."""
    suspend(membership=acme_agent, by=acme_owner, at=at)

    reactivate_member(
        membership=acme_agent, role=Role.ADMIN, pool_ids=[sell_pool.pk], by=acme_owner, at=at
    )

    assert now(acme_agent) == ("active", "agent", 1)


def test_an_admin_gives_no_role_above_their_own_by_reactivating(
    seatless: Membership, acme_admin: Membership, at: datetime
) -> None:
    """D13"""
    with refused("not_allowed"):
        reactivate_member(membership=seatless, role=Role.BILLING_ADMIN, by=acme_admin, at=at)
    assert now(seatless) == ("suspended", "agent", 0)


def test_a_suspended_agent_without_a_seat_can_be_renamed(
    seatless: Membership, acme_owner: Membership, at: datetime
) -> None:
    """D5"""
    change_member(
        membership=seatless, name="Anna", role=Role.AGENT, pool_ids=[], by=acme_owner, at=at
    )

    assert Membership.objects.get(pk=seatless.pk).name == "Anna"
    assert now(seatless) == ("suspended", "agent", 0)


def test_taking_the_last_seat_of_a_suspended_agent_in_the_form_releases_it(
    acme_agent: Membership, acme_owner: Membership, at: datetime
) -> None:
    suspend(membership=acme_agent, by=acme_owner, at=at)

    change_member(
        membership=acme_agent, name="Anna", role=Role.AGENT, pool_ids=[], by=acme_owner, at=at
    )

    assert now(acme_agent) == ("suspended", "agent", 0)


def test_nobody_becomes_an_agent_without_a_seat_by_being_suspended(
    acme_admin: Membership, acme_owner: Membership, at: datetime
) -> None:
    suspend(membership=acme_admin, by=acme_owner, at=at)

    with refused("agent_needs_seat"):
        change_member(
            membership=acme_admin, name="Anna", role=Role.AGENT, pool_ids=[], by=acme_owner, at=at
        )


# Who is told


def downgrade(member: Membership, by: Membership, at: datetime) -> None:
    downgrade_to_end_user(membership=member, by=by, at=at)


def release(member: Membership, by: Membership, at: datetime) -> None:
    release_seats(membership=member, by=by, at=at)


def change(member: Membership, by: Membership, at: datetime) -> None:
    change_member(
        membership=member, name=member.name, role=Role.END_USER, pool_ids=[], by=by, at=at
    )


@pytest.mark.parametrize("how", [downgrade, release, change])
def test_who_becomes_an_end_user_is_told_once(
    acme_owner: Membership,
    acme_agent: Membership,
    at: datetime,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Commit,
    how: Callable[[Membership, Membership, datetime], None],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        how(acme_agent, acme_owner, at)

    [mail] = mailoutbox
    assert mail.to == ["agent@acme.example"]
    assert mail.subject == "Acme: you are now an end user"
    assert "Acme Owner changed your role in Acme from Agent to End user." in mail.body
    assert "ask Acme Owner (owner@acme.example)." in mail.body
    assert now(acme_agent) == ("active", "end_user", 0)


@pytest.mark.parametrize("status", ["suspended", "invited"])
def test_who_cannot_come_in_is_not_told_of_a_role(
    acme_owner: Membership,
    acme_agent: Membership,
    suite_pool: SeatPool,
    at: datetime,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Commit,
    status: str,
) -> None:
    member = acme_agent
    if status == "invited":
        member = cast.member(acme_agent.account, "ina", Role.AGENT, suite_pool, active=False)
    else:
        suspend(membership=member, by=acme_owner, at=at)

    with django_capture_on_commit_callbacks(execute=True):
        downgrade_to_end_user(membership=member, by=acme_owner, at=at)

    assert mailoutbox == []


def test_who_is_removed_gets_one_mail(
    acme_owner: Membership, acme_agent: Membership, at: datetime, mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        remove_member(membership=acme_agent, by=acme_owner, at=at)

    assert [mail.subject for mail in mailoutbox] == ["You were removed from Acme"]


def test_a_reduction_has_a_mail_of_its_own(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, at: datetime, mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Commit,
) -> None:  # fmt: skip
    """D4"""
    with django_capture_on_commit_callbacks(execute=True):
        moves.set_numbers({suite_nine_of_ten: 8}, by=acme_owner, timing=Timing.NOW)

    assert not [mail for mail in mailoutbox if "end user" in mail.subject]
