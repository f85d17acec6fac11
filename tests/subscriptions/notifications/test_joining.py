"""Everyone in a request hears of each step of it, with their own number: D20, N4."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Scope
from subscriptions.actions import decline_request, withdraw_request
from subscriptions.models import SeatPool, SeatRequest
from tests import cast, moves
from tests.kept import kept
from tests.keys import token

Outbox = list[EmailMultiAlternatives]


Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    """Django lays out a fresh one when the database is ready, so not before."""
    return mailoutbox


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> AbstractContextManager[Any]:
    """What happens inside is stored, and what waits for that runs."""
    return django_capture_on_commit_callbacks(execute=True)


@kept
def asked(acme_admin: Membership, sell_pool: SeatPool) -> SeatRequest:
    return moves.ask(sell_pool, 2, by=acme_admin)


@kept
def shared(asked: SeatRequest, acme_agent: Membership) -> SeatRequest:
    """Two by the admin, three by the agent."""
    moves.join(asked, 3, by=acme_agent)
    return SeatRequest.objects.with_details().get(pk=asked.pk)


def subjects(outbox: Outbox) -> dict[str, str]:
    assert len({mail.to[0] for mail in outbox}) == len(outbox)
    return {mail.to[0]: str(mail.subject) for mail in outbox}


def to(outbox: Outbox, whom: str) -> str:
    [mail] = [mail for mail in outbox if mail.to == [f"{whom}@acme.example"]]
    return str(mail.body)


def test_who_joins_is_told_so_and_the_others_and_the_deciders_of_it(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, asked: SeatRequest,
    acme_agent: Membership, acme_billing: Membership,
) -> None:  # fmt: skip
    with committed:
        moves.join(asked, 3, by=acme_agent)
    assert subjects(mailoutbox) == {
        "owner@acme.example": "Acme: Acme Agent requests 3 Sell Growth seats",
        "billing@acme.example": "Acme: Acme Agent requests 3 Sell Growth seats",
        "agent@acme.example": "Your request: 3 Sell Growth seats for Acme",
        "admin@acme.example": "Acme: Acme Agent requests 3 Sell Growth seats",
    }
    assert "Acme Agent joined the request that you are part of." in to(mailoutbox, "admin")
    for whom in ("owner", "admin", "agent"):
        said = to(mailoutbox, whom)
        assert "Additional seats: 5" in said
        assert "Acme Admin (admin@acme.example), 2: Two people start next week." in said
        assert "Acme Agent (agent@acme.example), 3: Three more start in May." in said
        assert "Purchased: 5 → 10" in said


def test_everyone_in_it_is_told_that_it_is_approved_with_their_own_number(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, shared: SeatRequest,
    acme_owner: Membership, acme_billing: Membership,
) -> None:  # fmt: skip
    with committed:
        moves.approve(shared, by=acme_owner)
    assert subjects(mailoutbox) == {
        "admin@acme.example": "Approved: 2 Sell Growth seats for Acme",
        "agent@acme.example": "Approved: 3 Sell Growth seats for Acme",
        "owner@acme.example": "Acme: 5 Sell Growth seats bought",
        "billing@acme.example": "Approved: 5 Sell Growth seats for Acme",
    }
    assert "Requested by: Acme Admin, Acme Agent" in to(mailoutbox, "owner")


def test_everyone_in_it_gets_the_note_of_who_declines_in_their_language(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, shared: SeatRequest,
    acme_owner: Membership, acme_agent: Membership,
) -> None:  # fmt: skip
    User.objects.filter(pk=acme_agent.user_id).update(language="de")
    with committed:
        decline_request(seat_request=shared, note="Not this year.", by=acme_owner, at=cast.NOW)
    told = subjects(mailoutbox)
    assert told["admin@acme.example"] == "Declined: 2 Sell Growth seats for Acme"
    assert told["agent@acme.example"].startswith("Abgelehnt: 3 Lizenzen")
    assert all("Not this year." in mail.body for mail in mailoutbox)


def test_everyone_in_it_is_told_that_the_seats_came_another_way(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, shared: SeatRequest,
    acme_owner: Membership, sell_pool: SeatPool,
) -> None:  # fmt: skip
    with committed:
        moves.buy({sell_pool: 5}, by=acme_owner)
    told = subjects(mailoutbox)
    assert told["agent@acme.example"] == (
        "Closed: 3 requested Sell Growth seats for Acme were added another way"
    )
    assert "Request fulfilled: Acme Admin, Acme Agent, 5 Sell" in to(mailoutbox, "owner")


def test_who_takes_their_part_back_is_told_so_and_the_others_what_is_left(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, shared: SeatRequest,
    acme_admin: Membership,
) -> None:  # fmt: skip
    with committed:
        withdraw_request(seat_request=shared, by=acme_admin, at=cast.NOW)
    assert subjects(mailoutbox) == {
        "admin@acme.example": "Withdrawn: request for 2 Sell Growth seats for Acme",
        "agent@acme.example": "Acme: Acme Admin no longer requests 2 Sell Growth seats",
        "owner@acme.example": "Acme: Acme Admin no longer requests 2 Sell Growth seats",
    }
    assert "What others requested is not affected." in to(mailoutbox, "admin")
    for whom in ("agent", "owner"):
        assert "It is now for 3 Sell Growth seats." in to(mailoutbox, whom)
        assert "Requested by: Acme Agent (agent@acme.example)" in to(mailoutbox, whom)


def test_of_what_is_left_and_fulfilled_only_that_is_told(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, shared: SeatRequest,
    acme_agent: Membership, acme_owner: Membership, sell_pool: SeatPool,
) -> None:  # fmt: skip
    moves.buy({sell_pool: 2}, by=acme_owner)
    with committed:
        later = cast.NOW + timedelta(hours=1)
        withdraw_request(seat_request=shared, by=acme_agent, at=later)
    assert subjects(mailoutbox) == {
        "agent@acme.example": "Withdrawn: request for 3 Sell Growth seats for Acme",
        "admin@acme.example": (
            "Closed: 2 requested Sell Growth seats for Acme were added another way"
        ),
        "owner@acme.example": (
            "Closed: 2 requested Sell Growth seats for Acme were added another way"
        ),
    }


def test_what_a_program_takes_back_names_it(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, asked: SeatRequest,
    acme_owner: Membership,
) -> None:  # fmt: skip
    """D19."""
    program = Actor.through_token(token(acme_owner, Scope.REQUEST_SEATS)[0])
    moves.join(asked, 1, by=program)
    with committed:
        withdraw_request(seat_request=asked, by=program, at=cast.NOW)
    assert "Acme Owner (API token “HR sync”) withdrew" in to(mailoutbox, "owner")
    assert "Acme Owner (API token “HR sync”) withdrew" in to(mailoutbox, "admin")


def test_who_joined_and_left_the_account_learns_nothing_more(
    committed: AbstractContextManager[Any], mailoutbox: Outbox, shared: SeatRequest,
    acme_agent: Membership, acme_owner: Membership,
) -> None:  # fmt: skip
    Membership.objects.filter(pk=acme_agent.pk).update(status="suspended")
    with committed:
        decline_request(seat_request=shared, note="No.", by=acme_owner, at=cast.NOW)
    assert set(subjects(mailoutbox)) == {"admin@acme.example"}
