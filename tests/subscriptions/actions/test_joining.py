"""Asking for more of what is requested already, and taking one's part back: D20, N4."""

from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from accounts.actors import Actor
from accounts.models import Channel, Membership, User
from accounts.permissions import Scope
from subscriptions.actions import decline_request, join_request, withdraw_request
from subscriptions.models import Plan, RequestPart, RequestStatus, SeatPool, SeatRequest
from tests import cast, moves
from tests.kept import kept
from tests.keys import token
from tests.refusals import refused


def fresh(request: SeatRequest) -> SeatRequest:
    """As stored, and for as many seats as its parts say."""
    row = SeatRequest.objects.with_details().get(pk=request.pk)
    stands = RequestPart.objects.standing().filter(seat_request=row)
    assert row.seats == stands.aggregate(all=Sum("seats"))["all"]
    return row


@kept
def asked(acme_admin: Membership, suite_pool: SeatPool) -> SeatRequest:
    """Two more of ten seats, by an admin."""
    return moves.ask(suite_pool, 2, by=acme_admin)


def withdraw(request: SeatRequest, by: Any) -> SeatRequest:
    return withdraw_request(seat_request=request, by=by, at=cast.NOW)


def test_who_opens_a_request_has_the_first_part(asked: SeatRequest, acme_admin: Membership) -> None:
    [part] = fresh(asked).standing
    assert (part.requested_by, part.seats, part.reason) == (acme_admin, 2, asked.reason)
    assert (part.requested_at, part.requested_through) == (asked.requested_at, Channel.PAGE)


def test_another_joins_with_a_number_and_a_reason_of_their_own(
    asked: SeatRequest, acme_agent: Membership
) -> None:
    moves.join(asked, 3, by=acme_agent)
    row = fresh(asked)
    assert (row.seats, row.fulfilled_at_seats, row.is_open) == (5, 15, True)
    assert [(part.requested_by.name, part.seats) for part in row.standing] == [
        ("Acme Admin", 2), ("Acme Agent", 3),
    ]  # fmt: skip
    assert row.askers == "Acme Admin, Acme Agent"
    assert row.standing[1].reason == "Three more start in May."


def test_one_who_asked_already_adds_a_further_part(
    asked: SeatRequest, acme_admin: Membership
) -> None:
    moves.join(asked, 1, by=acme_admin)
    assert [part.seats for part in fresh(asked).standing] == [2, 1]
    assert fresh(asked).askers == "Acme Admin"


def test_the_same_form_twice_joins_once(asked: SeatRequest, acme_agent: Membership) -> None:
    """D6."""
    first = moves.join(asked, 3, by=acme_agent, idempotency_key="form")
    assert moves.join(asked, 3, by=acme_agent, idempotency_key="form") == first
    assert fresh(asked).seats == 5
    with refused("used_form"):
        moves.join(asked, 4, by=acme_agent, idempotency_key="form")


def test_what_was_joined_is_approved_with_the_rest(
    asked: SeatRequest, acme_agent: Membership, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """R22."""
    moves.join(asked, 3, by=acme_agent)
    moves.approve(fresh(asked), by=acme_owner)
    assert moves.numbers(suite_pool)[0] == 15
    assert fresh(asked).is_approved


def test_an_approval_of_the_number_before_is_stale(
    asked: SeatRequest, acme_agent: Membership, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D6."""
    moves.join(asked, 3, by=acme_agent)
    with refused("stale"):
        moves.approve(asked, by=acme_owner)
    assert moves.numbers(suite_pool)[0] == 10


def test_who_may_not_ask_may_not_join(
    asked: SeatRequest, acme_owner: Membership, acme_end_user: Membership, rep: User,
    globex_admin: Membership,
) -> None:  # fmt: skip
    """D1: who can buy has nobody to ask."""
    for by in (acme_owner, acme_end_user, globex_admin, rep):
        with refused("not_allowed"):
            join_request(
                seat_request=asked, seats=1, reason="More.", idempotency_key="", by=by, at=cast.NOW
            )
    assert fresh(asked).seats == 2


@pytest.mark.parametrize(
    ("number", "code"), [(0, "bad_number"), (-1, "bad_number"), (99_989, "too_many")]
)
def test_numbers_are_checked_with_what_is_requested(
    asked: SeatRequest, acme_agent: Membership, number: int, code: str
) -> None:
    with refused(code):
        moves.join(asked, number, by=acme_agent)


def test_what_is_no_longer_sold_is_not_joined(
    initech_admin: Membership, initech_owner: Membership, initech_pool: SeatPool
) -> None:
    """R23."""
    asked = moves.ask(initech_pool, 1, by=initech_admin)
    Plan.objects.update(is_legacy=True)
    with refused("not_addable"):
        moves.join(asked, 1, by=initech_owner)


def test_what_is_closed_is_not_joined(
    asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    decline_request(seat_request=asked, note="No.", by=acme_owner, at=cast.NOW)
    with refused("already_decided"):
        moves.join(asked, 1, by=acme_agent)


def test_nobody_who_joined_meanwhile_is_declined_unread(
    asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    seen = str(asked.seats)
    moves.join(asked, 1, by=acme_agent)
    decline = partial(decline_request, seat_request=asked, note="No.", by=acme_owner, at=cast.NOW)
    with refused("stale"):
        decline(expected=seen)
    assert fresh(asked).is_open
    declined = decline(expected=str(fresh(asked).seats))
    assert declined.is_declined


def test_who_opened_it_takes_back_their_own_part_only(
    asked: SeatRequest, acme_admin: Membership, acme_agent: Membership
) -> None:
    """N4."""
    moves.join(asked, 3, by=acme_agent)
    row = withdraw(asked, acme_admin)
    assert (row.status, row.seats, row.fulfilled_at_seats) == (RequestStatus.OPEN, 3, 13)
    assert [part.requested_by for part in fresh(asked).standing] == [acme_agent]
    with refused("not_allowed"):
        withdraw(asked, acme_admin)


def test_all_of_ones_parts_are_taken_back_at_once(
    asked: SeatRequest, acme_admin: Membership, acme_agent: Membership
) -> None:
    moves.join(asked, 1, by=acme_agent)
    moves.join(asked, 4, by=acme_agent)
    withdraw(asked, acme_agent)
    assert [part.seats for part in fresh(asked).standing] == [2]


def test_with_the_last_part_the_request_is_withdrawn(
    asked: SeatRequest, acme_admin: Membership, acme_agent: Membership
) -> None:
    """N4."""
    moves.join(asked, 3, by=acme_agent)
    withdraw(asked, acme_admin)
    withdraw(asked, acme_agent)
    row = fresh(asked)
    assert (row.status, row.decided_by) == (RequestStatus.WITHDRAWN, acme_agent.user)
    # What it was for at the end.
    assert row.seats == 3


def test_what_is_left_and_has_come_already_is_fulfilled(
    asked: SeatRequest, acme_admin: Membership, acme_agent: Membership, acme_owner: Membership,
    suite_pool: SeatPool,
) -> None:  # fmt: skip
    """N4: two of five came another way; without the three, that is all."""
    moves.join(asked, 3, by=acme_agent)
    moves.buy({suite_pool: 2}, by=acme_owner)
    assert fresh(asked).is_open
    withdraw(asked, acme_agent)
    assert fresh(asked).status == RequestStatus.FULFILLED


def test_seats_that_were_there_before_somebody_joined_are_not_theirs(
    asked: SeatRequest, acme_admin: Membership, acme_agent: Membership, acme_owner: Membership,
    suite_pool: SeatPool,
) -> None:  # fmt: skip
    """N4: one of two has come; who joins then still waits once the others have given up."""
    moves.buy({suite_pool: 1}, by=acme_owner)
    moves.join(asked, 1, by=acme_agent)
    withdraw(asked, acme_admin)
    assert fresh(asked).is_open
    moves.buy({suite_pool: 1}, by=acme_owner)
    assert fresh(asked).status == RequestStatus.FULFILLED


def test_all_that_was_joined_has_to_come(
    asked: SeatRequest, acme_agent: Membership, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """N4."""
    moves.join(asked, 3, by=acme_agent)
    moves.buy({suite_pool: 4}, by=acme_owner)
    assert fresh(asked).is_open
    moves.buy({suite_pool: 1}, by=acme_owner)
    assert fresh(asked).status == RequestStatus.FULFILLED


def test_a_program_takes_back_what_it_joined_and_its_maker_that_too(
    asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    """D19: in a part of its own, beside that of who made its token."""
    program = Actor.through_token(token(acme_owner, Scope.REQUEST_SEATS)[0])
    joined = moves.join(asked, 1, by=program)
    assert joined.requester == "Acme Owner (API token “HR sync”)"
    with refused("not_allowed"):
        withdraw(asked, acme_agent)
    withdraw(asked, program)
    part = RequestPart.objects.get(pk=joined.pk)
    assert (part.withdrawn_token, part.withdrawer) == (program.token, joined.requester)
    moves.join(asked, 1, by=program)
    withdraw(asked, acme_owner)
    assert fresh(asked).askers == "Acme Admin"
