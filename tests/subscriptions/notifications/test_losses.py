"""Word to those who lose a seat at renewal, before it happens, and when it does not (N9)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command

from accounts.actions import change_role, suspend
from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions import assign_seat, cancel_scheduled_reduction, release_seat, renew
from subscriptions.models import AssignmentSource, SeatPool
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.seats import pools_of
from team.actions import reactivate_member
from tests import cast, moves
from tests.kept import kept
from tests.subscriptions.notifications.test_requests import html, subjects

Outbox = list[EmailMultiAlternatives]
DUE = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
ENDS = "Acme: your Sell Growth seat ends on 1 December 2026"
STAYS = "Acme: you keep your Sell Growth seat"


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    return mailoutbox


@kept
def team(acme_owner: Membership, sell_pool: SeatPool) -> list[Membership]:
    """Four of five seats of Sell are taken, by these agents one after the other."""
    return cast.fill(sell_pool, 4)


@pytest.fixture
def told(
    team: list[Membership],
    mailoutbox: Outbox,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> Callable[..., dict[int, list[str]]]:
    """Do something and say which of the team's agents, by number, were mailed what."""

    def of(action: Callable[..., Any], *args: Any, **what: Any) -> dict[int, list[str]]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action(*args, **what)
        by_address = {member.user.email: number for number, member in enumerate(team, 1)}
        mails = subjects(mailoutbox)
        return {by_address[to]: said for to, said in mails.items() if to in by_address}

    return of


Told = Callable[..., dict[int, list[str]]]


def test_who_loses_a_seat_at_renewal_is_told_when_by_whom_and_whom_to_ask(
    acme_owner: Membership, sell_pool: SeatPool, told: Told, mailoutbox: Outbox
) -> None:
    assert told(moves.set_numbers, {sell_pool: 2}, by=acme_owner) == {3: [ENDS], 4: [ENDS]}
    for part in (mailoutbox[0].body, html(mailoutbox[0])):
        assert "Acme Owner reduced the Sell Growth seats in Acme, effective 1 December 2026" in part
        assert "you will become an end user of Acme on that day" in part
        assert "ask Acme Owner (owner@acme.example)" in part
        assert "http://testserver/a/acme/" in part


def test_a_further_reduction_tells_only_those_it_adds(
    acme_owner: Membership, sell_pool: SeatPool, told: Told
) -> None:
    told(moves.set_numbers, {sell_pool: 3}, by=acme_owner)
    assert told(moves.set_numbers, {sell_pool: 2}, by=acme_owner) == {3: [ENDS]}
    assert told(moves.set_numbers, {sell_pool: 3}, by=acme_owner) == {3: [STAYS]}


def test_when_it_is_undone_everyone_is_told_that_they_keep_it(
    acme_owner: Membership, sell_pool: SeatPool, told: Told, mailoutbox: Outbox
) -> None:
    told(moves.set_numbers, {sell_pool: 2}, by=acme_owner)
    sell_pool.refresh_from_db()
    [shown] = pools_of(sell_pool.subscription)
    both = {3: [STAYS], 4: [STAYS]}
    assert told(cancel_scheduled_reduction, pool=shown, by=acme_owner, at=cast.NOW) == both
    assert "It no longer will. You keep the seat" in mailoutbox[0].body
    assert told(cancel_scheduled_reduction, pool=shown, by=acme_owner, at=cast.NOW) == {}


def test_when_someone_else_is_chosen_both_are_told(
    acme_owner: Membership, sell_pool: SeatPool, team: list[Membership], told: Told
) -> None:
    """D4: of two who were to go, one stays; the one chosen learns it."""
    told(moves.set_numbers, {sell_pool: 2}, by=acme_owner)
    first = moves.seat_of(team[0], sell_pool)
    mails = told(moves.set_numbers, {sell_pool: 3}, by=acme_owner, chosen=[first])
    assert mails == {1: [ENDS], 3: [STAYS], 4: [STAYS]}


def test_seats_bought_on_top_save_the_seats_that_were_to_go(
    acme_owner: Membership, sell_pool: SeatPool, told: Told
) -> None:
    """D3: of five seats three stay; two more are bought, so five stay."""
    told(moves.set_numbers, {sell_pool: 2}, by=acme_owner)
    assert told(moves.buy, {sell_pool: 1}, by=acme_owner) == {3: [STAYS]}


def test_of_who_was_told_only_those_who_keep_theirs_are_told_again_at_once(
    acme_owner: Membership, sell_pool: SeatPool, told: Told
) -> None:
    """A reduction at once takes one; the other was to lose theirs at renewal and does not."""
    told(moves.set_numbers, {sell_pool: 2}, by=acme_owner)
    moves.set_numbers({sell_pool: 5}, by=acme_owner)
    told(moves.set_numbers, {sell_pool: 2}, by=acme_owner)
    now = told(moves.set_numbers, {sell_pool: 1}, by=acme_owner, timing=Timing.NOW)
    lost = "Acme: you no longer have a Sell Growth seat"
    assert now == {2: [lost], 3: [lost], 4: [lost]}


def test_who_was_told_and_keeps_the_seat_after_all_hears_of_it_at_renewal(
    acme: Account,
    acme_owner: Membership,
    sell_pool: SeatPool,
    team: list[Membership],
    told: Told,
) -> None:
    """N9: another one has released theirs since."""
    told(moves.set_numbers, {sell_pool: 3}, by=acme_owner)
    release_seat(assignment=moves.seat_of(team[0], sell_pool), by=acme_owner, at=cast.NOW)
    assert told(renew, subscription=acme.subscription, at=DUE) == {4: [STAYS]}


def test_who_is_suspended_is_told_nothing(
    acme_owner: Membership, sell_pool: SeatPool, team: list[Membership], told: Told
) -> None:
    suspend(membership=team[3], by=acme_owner, at=cast.NOW)
    assert told(moves.set_numbers, {sell_pool: 2}, by=acme_owner) == {3: [ENDS]}
    assert told(moves.set_numbers, {sell_pool: 5}, by=acme_owner) == {3: [STAYS]}


def test_who_holds_another_seat_remains_what_they_are(
    acme: Account,
    acme_owner: Membership,
    sell_pool: SeatPool,
    suite_pool: SeatPool,
    told: Told,
    team: list[Membership],
    mailoutbox: Outbox,
) -> None:
    """D2: and one who loses both at once is told once, of both."""
    cast.give_seat(suite_pool, team[3])
    told(moves.set_numbers, {sell_pool: 3}, by=acme_owner)
    assert "You keep your role in Acme: Agent." in mailoutbox[0].body
    moves.set_numbers({sell_pool: 5}, by=acme_owner)
    assign_seat(
        pool=suite_pool,
        membership=cast.member(acme, "boss", Role.ADMIN),
        source=AssignmentSource.GIVEN,
        by=cast.SETUP,
        at=cast.OPENED - timedelta(days=1),
    )
    mails = told(moves.set_numbers, {sell_pool: 3, suite_pool: 1}, by=acme_owner)
    assert mails[4] == [
        "Acme: your Sell Growth, Support Suite Professional seats end on 1 December 2026"
    ]
    assert "you will become an end user of Acme on that day" in mailoutbox[0].body


@pytest.mark.usefixtures("clock")
def test_who_comes_to_lose_a_seat_later_is_told_by_the_daily_run(
    acme_owner: Membership, sell_pool: SeatPool, team: list[Membership], told: Told
) -> None:
    """Whoever takes a seat after the reduction was scheduled is the last to have taken one."""
    told(moves.set_numbers, {sell_pool: 3}, by=acme_owner)
    first = moves.seat_of(team[0], sell_pool)
    release_seat(assignment=first, by=acme_owner, at=cast.NOW)
    member = team[0]
    change_role(membership=member, role=Role.AGENT, by=acme_owner, at=cast.NOW)
    assign_seat(
        pool=sell_pool, membership=member, source=AssignmentSource.GIVEN, by=acme_owner, at=cast.NOW
    )
    assert told(call_command, "renew_subscriptions") == {1: [ENDS], 4: [STAYS]}
    assert told(call_command, "renew_subscriptions") == {}


@pytest.mark.usefixtures("clock")
def test_who_was_suspended_is_told_once_they_are_in_again(
    acme_owner: Membership, sell_pool: SeatPool, team: list[Membership], told: Told
) -> None:
    suspend(membership=team[3], by=acme_owner, at=cast.NOW)
    assert told(moves.set_numbers, {sell_pool: 3}, by=acme_owner) == {}
    reactivate_member(membership=team[3], by=acme_owner, at=cast.NOW)
    assert told(call_command, "renew_subscriptions") == {4: [ENDS]}
