"""`manage.py check_seats`: every seat is accounted for, or somebody is told."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import suspend
from accounts.models import Account, Membership, Status
from accounts.permissions import Role
from subscriptions.actions import release_seat
from subscriptions.models import (
    Order,
    RequestStatus,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
)
from tests import cast, moves


def check(*options: str) -> str:
    """What the command prints when all is well in the end."""
    out = StringIO()
    call_command("check_seats", *options, stdout=out)
    return out.getvalue()


def complaint(*options: str) -> str:
    """What the command prints when it exits with 1."""
    out = StringIO()
    with pytest.raises(CommandError, match="disagreement"):
        call_command("check_seats", *options, stdout=out)
    return out.getvalue()


def test_what_the_actions_do_is_accounted_for(
    acme_owner: Membership,
    acme_admin: Membership,
    suite_nine_of_ten: SeatPool,
    sell_two_of_five: SeatPool,
) -> None:
    moves.buy({suite_nine_of_ten: 1, sell_two_of_five: 3}, by=acme_owner)
    moves.set_numbers({suite_nine_of_ten: 4}, by=acme_owner)
    moves.approve(moves.ask(sell_two_of_five, 1, by=acme_admin), by=acme_owner)
    assert "accounted for" in check()


def test_a_wrong_count_is_named_with_account_and_pool_and_nothing_is_changed(
    suite_nine_of_ten: SeatPool,
) -> None:
    SeatPool.objects.update(assigned=7)
    printed = complaint()
    assert (
        "acme · Support Suite Professional: assigned says 7 of 10, but 9 seats are held" in printed
    )
    assert moves.numbers(suite_nine_of_ten) == (10, 7, 10)


def test_a_count_is_repaired_by_who_holds_a_seat_and_leaves_history(
    suite_nine_of_ten: SeatPool,
) -> None:
    """D9."""
    SeatPool.objects.update(assigned=7)
    assert "accounted for" in check("--repair")
    assert moves.numbers(suite_nine_of_ten) == (10, 9, 10)
    SeatPool.objects.update(seats=12)
    check("--repair")
    last = suite_nine_of_ten.changes.latest("pk")
    assert (last.kind, last.by) == (SeatChangeKind.REPAIRED, None)
    assert (last.seats_before, last.seats_after) == (10, 12)


def test_whoever_cannot_work_may_be_an_agent_without_a_seat(
    acme: Account, acme_owner: Membership, sell_pool: SeatPool, clock: Any
) -> None:
    """D2, D14: suspended, or invited until a day that has passed."""
    suspended = cast.member(acme, "sue", Role.AGENT, sell_pool)
    suspend(membership=suspended, by=acme_owner, at=cast.NOW)
    release_seat(assignment=moves.seat_of(suspended, sell_pool), by=acme_owner, at=cast.NOW)
    invited = cast.member(acme, "ina", Role.AGENT, sell_pool, at=cast.NOW, active=False)
    clock.move_to(cast.NOW + timedelta(days=15))
    call_command("expire_invitations", stdout=StringIO())
    assert "accounted for" in check("--repair")
    Membership.objects.filter(pk=invited.pk).update(
        invitation_expires_at=cast.NOW + timedelta(days=20)
    )
    Membership.objects.filter(pk=suspended.pk).update(status=Status.ACTIVE)
    printed = complaint()
    for address in ("sue@acme.example", "ina@acme.example"):
        assert f"{address}: is an agent and holds no seat" in printed
    check("--repair")
    settled = Membership.objects.filter(pk__in=[suspended.pk, invited.pk])
    assert {member.role for member in settled} == {Role.END_USER}


def test_an_assignment_that_vanished_is_noticed_and_its_agent_settled(
    suite_nine_of_ten: SeatPool,
) -> None:
    """D2: an agent without a seat becomes an end user."""
    seat = suite_nine_of_ten.assignments.latest("pk")
    member = seat.membership
    SeatAssignment.objects.filter(pk=seat.pk).delete()
    printed = complaint()
    assert "8 seats are held" in printed
    assert f"{member.user.email}: is an agent and holds no seat" in printed
    check("--repair")
    member.refresh_from_db()
    assert member.role == Role.END_USER
    assert member.audit_entries.latest("pk").by is None
    last = suite_nine_of_ten.changes.latest("pk")
    assert (last.kind, last.assigned_before, last.assigned_after) == ("repaired", 9, 8)


@pytest.mark.parametrize(
    "wrong",
    [{"status": Status.REMOVED}, {"role": Role.END_USER}],
    ids=["removed", "end user"],
)
def test_a_seat_of_someone_who_is_no_team_member_is_released(
    acme_agent: Membership, suite_pool: SeatPool, wrong: dict[str, str]
) -> None:
    Membership.objects.filter(pk=acme_agent.pk).update(**wrong)
    assert "is not a team member" in complaint()
    check("--repair")
    assert moves.numbers(suite_pool) == (10, 0, 10)
    assert suite_pool.changes.latest("pk").kind == SeatChangeKind.RELEASED


def test_a_request_whose_seats_arrived_is_closed(
    acme: Account, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """N4."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    SeatRequest.objects.update(fulfilled_at_seats=10)
    assert f"request {request.pk} is open although its seats arrived" in complaint()
    check("--repair")
    request.refresh_from_db()
    assert request.status == RequestStatus.FULFILLED


def test_a_request_is_for_as_many_seats_as_its_parts(
    acme: Account, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """D20."""
    request = moves.ask(suite_pool, 2, by=acme_admin)
    moves.join(request, 3, by=acme_admin)
    check()
    SeatRequest.objects.update(seats=4, fulfilled_at_seats=14)
    assert f"request {request.pk} is for 4 seats, but its parts are for 5" in complaint()


def test_more_seats_held_than_purchased_is_left_to_people(
    acme: Account, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """Nobody loses a seat because of a count that is wrong."""
    for member in cast.fill(suite_pool, 6):
        SeatAssignment.objects.create(
            pool=sell_pool, membership=member, assigned_at=cast.NOW, source="given"
        )
    printed = complaint("--repair")
    assert "More seats are assigned than purchased" in printed
    assert "Still: acme · Sell Growth: assigned says 0 of 5, but 6 seats are held" in printed
    assert sell_pool.assignments.count() == 6


BREAKS: dict[str, Callable[[SeatPool, Membership], object]] = {
    "of the ledger does not start where": lambda pool, owner: SeatChange.objects.create(
        account=owner.account, pool=pool, at=cast.NOW, kind="bought", seats_before=3,
        seats_after=10, at_renewal_before=10, at_renewal_after=10, assigned_before=0,
        assigned_after=0, **cast.SETUP.through,
    ),
    "but the ledger explains": lambda pool, owner: Order.objects.update(charged_cents=1),
}  # fmt: skip


@pytest.mark.parametrize("says", BREAKS)
def test_history_that_does_not_add_up_is_told_and_never_rewritten(
    acme_owner: Membership, suite_pool: SeatPool, says: str
) -> None:
    """D9, N5."""
    moves.set_numbers({suite_pool: 9}, by=acme_owner)
    moves.set_numbers({suite_pool: 10}, by=acme_owner)
    BREAKS[says](suite_pool, acme_owner)
    assert says in complaint()
    assert "History is never rewritten" in complaint("--repair")
