"""Giving and releasing seats: R1, R10, D2, D5, N3."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.actions import remove, suspend
from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions import assign_seat, release_all_seats, release_assignments, release_seat
from subscriptions.models import AssignmentSource, SeatChange, SeatPool
from tests import cast, moves
from tests.refusals import refused


def give(pool: SeatPool, member: Membership) -> None:
    assign_seat(
        pool=pool, membership=member, source=AssignmentSource.GIVEN, by=cast.SETUP, at=cast.NOW
    )


def test_a_seat_says_whose_it_is_since_when_and_through_what(
    acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """N3, D9."""
    give(sell_pool, acme_admin)
    seat = moves.seat_of(acme_admin, sell_pool)
    assert (seat.assigned_at, seat.source) == (cast.NOW, AssignmentSource.GIVEN)
    change = sell_pool.changes.latest("pk")
    assert (change.member, change.assigned_before, change.assigned_after) == (acme_admin, 0, 1)


def test_a_seat_taken_is_written_down_with_the_numbers_of_its_pool(
    acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """D9. Numbers that nothing else in the pool's row could be mistaken for."""
    SeatPool.objects.filter(pk=sell_pool.pk).update(seats=9000, seats_at_renewal=7000)
    give(sell_pool, acme_admin)
    change = sell_pool.changes.latest("pk")
    assert (change.seats_before, change.seats_after) == (9000, 9000)
    assert (change.at_renewal_before, change.at_renewal_after) == (7000, 7000)
    assert (change.assigned_before, change.assigned_after) == (0, 1)


def test_the_last_seat_can_be_taken_and_not_one_more(
    suite_nine_of_ten: SeatPool, acme_admin: Membership, acme_billing: Membership
) -> None:
    """D5."""
    give(suite_nine_of_ten, acme_admin)
    with refused("no_seat"):
        give(suite_nine_of_ten, acme_billing)
    assert moves.numbers(suite_nine_of_ten) == (10, 10, 10)


def test_the_database_itself_refuses_to_oversell(suite_nine_of_ten: SeatPool) -> None:
    """D5: in the database's own constraint, not only in code."""
    for wrong in ({"assigned": F("seats") + 1}, {"seats": F("assigned") - 1}):
        with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
            SeatPool.objects.filter(pk=suite_nine_of_ten.pk).update(**wrong, seats_at_renewal=0)


def test_nobody_holds_two_seats_of_a_pool(acme_agent: Membership, suite_pool: SeatPool) -> None:
    with refused("has_seat"):
        give(suite_pool, acme_agent)
    assert moves.numbers(suite_pool)[1] == 1


def test_a_seat_held_already_leaves_the_transaction_to_its_caller(
    acme_agent: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    with transaction.atomic():
        with refused("has_seat"):
            give(suite_pool, acme_agent)
        give(sell_pool, acme_agent)
    assert (moves.numbers(suite_pool)[1], moves.numbers(sell_pool)[1]) == (1, 1)


def test_whoever_takes_a_seat_sends_five_statements(
    acme_admin: Membership,
    sell_pool: SeatPool,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """D5: whoever wants a seat waits for them: take, lock the member, store, append, tell."""
    with transaction.atomic(), django_assert_num_queries(5 + len(("SAVEPOINT", "RELEASE"))):
        give(sell_pool, acme_admin)


def test_a_seat_of_another_account_does_not_exist(
    stranger: Membership, suite_pool: SeatPool
) -> None:
    """D8."""
    with refused("unknown_pool"):
        give(suite_pool, stranger)
    assert moves.numbers(suite_pool)[1] == 0


def test_who_left_gets_no_seat(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    remove(membership=acme_admin, by=acme_owner, at=cast.NOW)
    with refused("no_member"):
        give(suite_pool, acme_admin)
    assert moves.numbers(suite_pool)[1] == 0


def test_an_end_user_gets_no_seat(acme_end_user: Membership, suite_pool: SeatPool) -> None:
    """D2: whoever holds a seat is team."""
    with refused("no_member"):
        give(suite_pool, acme_end_user)
    assert moves.numbers(suite_pool)[1] == 0


def test_an_agent_without_a_seat_becomes_an_end_user(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    """D2, D4."""
    seat = moves.seat_of(acme_agent, suite_pool)
    after = release_seat(assignment=seat, by=acme_owner, at=cast.NOW)
    assert after.role == Role.END_USER
    assert moves.numbers(suite_pool) == (10, 0, 10)
    entry = acme_agent.audit_entries.latest("pk")
    assert (entry.before, entry.after) == ({"role": "agent"}, {"role": "end_user"})


def test_a_suspended_agent_without_a_seat_stays_a_suspended_agent(
    acme: Account, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """D2: suspension is no downgrade."""
    both = cast.member(acme, "both", Role.AGENT, suite_pool, sell_pool)
    suspend(membership=both, by=acme_owner, at=cast.NOW)
    release_seat(assignment=moves.seat_of(both, suite_pool), by=acme_owner, at=cast.NOW)
    release_all_seats(membership=both, by=acme_owner, at=cast.NOW)
    row = Membership.objects.get(pk=both.pk)
    assert (row.status, row.role, row.seat_assignments.count()) == ("suspended", "agent", 0)


def test_who_took_their_seat_last_loses_it_first(
    acme: Account, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """R10, D4: whenever they were added to the account."""
    old = cast.member(acme, "old", Role.AGENT, suite_pool)
    new = cast.member(acme, "new", Role.AGENT, sell_pool)
    give(sell_pool, old)
    cast.give_seat(sell_pool, acme_owner)
    order = [seat.membership for seat in sell_pool.assignments.in_order_of_loss()]
    assert order == [old, new]


def test_a_seat_is_released_once(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    seat = moves.seat_of(acme_agent, suite_pool)
    release_seat(assignment=seat, by=acme_owner, at=cast.NOW)
    with refused("no_seat_held"):
        release_seat(assignment=seat, by=acme_owner, at=cast.NOW)
    assert moves.numbers(suite_pool)[1] == 0


def test_all_seats_of_a_member_are_released_together(
    acme: Account, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    both = cast.member(acme, "both", Role.AGENT, suite_pool, sell_pool)
    release_all_seats(membership=both, by=acme_owner, at=cast.NOW)
    assert (moves.numbers(suite_pool)[1], moves.numbers(sell_pool)[1]) == (0, 0)
    assert SeatChange.objects.filter(kind="released", member=both).count() == 2
    assert both.audit_entries.filter(kind="role_changed").count() == 1


def test_a_refused_seat_leaves_no_trace(
    suite_nine_of_ten: SeatPool, acme_admin: Membership, acme_billing: Membership
) -> None:
    give(suite_nine_of_ten, acme_admin)
    rows = SeatChange.objects.count()
    with refused("no_seat"):
        give(suite_nine_of_ten, acme_billing)
    assert SeatChange.objects.count() == rows


def test_many_are_released_in_as_many_statements_as_few(
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """Whoever wants a seat of the pool waits for all of them (D5); each has history (D9)."""
    counts = []
    for pool, people in ((suite_pool, 10), (sell_pool, 2)):
        members = cast.fill(pool, people)
        seats = [*pool.assignments.select_related("membership").order_by("pk")]
        with CaptureQueriesContext(connection) as statements:
            released = release_assignments(assignments=seats, by=acme_owner, at=cast.NOW)
        counts.append(len(statements))
        assert released == members
        assert all(member.is_end_user for member in released)
        gone = pool.changes.filter(kind="released").order_by("pk")
        numbers = [(row.member, row.assigned_before, row.assigned_after) for row in gone]
        assert numbers == [(member, people - n, people - n - 1) for n, member in enumerate(members)]
        assert all(m.audit_entries.filter(kind="role_changed").count() == 1 for m in members)
    assert counts[0] == counts[1]
