"""Rows stored by a statement of our own are the rows Django would have stored."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms import model_to_dict

from accounts.models import Membership
from subscriptions.actions import assign_seat
from subscriptions.actions.inserts import insert
from subscriptions.models import (
    AssignmentSource,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
)
from tests import cast, moves
from tests.cast import NOW


def seat(pool: SeatPool, member: Membership) -> SeatAssignment:
    return SeatAssignment(
        pool=pool,
        membership=member,
        assigned_at=NOW,
        assigned_by=member.user,
        source=AssignmentSource.GIVEN,
        release_at_renewal=True,
    )


def test_a_row_is_stored_as_it_was_given(acme_admin: Membership, sell_pool: SeatPool) -> None:
    given = seat(sell_pool, acme_admin)
    assert insert(given)
    stored = SeatAssignment.objects.get()
    assert model_to_dict(stored) == model_to_dict(given)
    assert stored == given


def test_a_row_that_is_there_is_not_stored_again(
    acme_admin: Membership, sell_pool: SeatPool
) -> None:
    assert insert(seat(sell_pool, acme_admin))
    twin = seat(sell_pool, acme_admin)
    assert not insert(twin)
    assert twin.pk is None
    assert SeatAssignment.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no sequence to lag behind")
def test_a_seat_whose_id_is_taken_fails_and_does_not_vanish(
    acme_admin: Membership, acme_agent: Membership, sell_pool: SeatPool
) -> None:
    with connection.cursor() as cursor:
        of_the_id = "pg_get_serial_sequence('subscriptions_seatassignment', 'id')"
        cursor.execute(f"SELECT setval({of_the_id}, %s, false)", [SeatAssignment.objects.get().pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        assign_seat(
            pool=sell_pool,
            membership=acme_admin,
            source=AssignmentSource.GIVEN,
            by=cast.SETUP,
            at=NOW,
        )
    assert moves.numbers(sell_pool) == (5, 0, 5)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no sequence to lag behind")
def test_a_seat_is_not_given_where_its_row_in_the_ledger_finds_its_id_taken(
    acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """D9: as after an import with ids of its own; the seat and the row, or neither."""
    with connection.cursor() as cursor:
        of_the_id = "pg_get_serial_sequence('subscriptions_seatchange', 'id')"
        cursor.execute(
            f"SELECT setval({of_the_id}, %s, false)", [sell_pool.changes.latest("pk").pk]
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        assign_seat(
            pool=sell_pool,
            membership=acme_admin,
            source=AssignmentSource.GIVEN,
            by=cast.SETUP,
            at=NOW,
        )
    assert moves.numbers(sell_pool) == (5, 0, 5)


def test_a_stored_row_can_be_changed_and_saved(acme_admin: Membership, sell_pool: SeatPool) -> None:
    given = seat(sell_pool, acme_admin)
    insert(given)
    given.release_at_renewal = False
    given.save()
    assert not SeatAssignment.objects.get().release_at_renewal


def test_large_numbers_and_empty_fields_survive(sell_pool: SeatPool) -> None:
    change = SeatChange(
        account=sell_pool.subscription.account, pool=sell_pool, at=NOW, kind=SeatChangeKind.BOUGHT,
        seats_before=0, seats_after=5, at_renewal_before=0, at_renewal_after=5,
        assigned_before=0, assigned_after=0, cents=2**40, **cast.SETUP.through,
    )  # fmt: skip
    insert(change)
    assert model_to_dict(SeatChange.objects.get(pk=change.pk)) == model_to_dict(change)
