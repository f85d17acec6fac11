"""Twenty people want the last five seats: D5, and the control that proves the race."""

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Membership
from subscriptions.actions import assign_seat, release_seat
from subscriptions.models import AssignmentSource, SeatAssignment, SeatPool
from tests import cast, moves
from tests.concurrency.crowd import DONE, Crowd, tally

ROUNDS = 50
LAST = 5


def take(pool: SeatPool, member: Membership) -> None:
    assign_seat(
        pool=pool,
        membership=member,
        source=AssignmentSource.GIVEN,
        by=cast.SETUP,
        at=timezone.now(),
    )


def take_naively(pool: SeatPool, member: Membership) -> None:
    """What most do: count, compare, insert. No condition, no constraint."""
    if SeatAssignment.objects.filter(pool=pool).count() < pool.seats:
        SeatAssignment.objects.create(
            pool=pool, membership=member, assigned_at=cast.NOW, source=AssignmentSource.GIVEN
        )


@pytest.mark.long
def test_twenty_people_get_exactly_the_last_five_seats(
    crowd: Callable[[int], Crowd], admins: list[Membership], sell_pool: SeatPool
) -> None:
    """D5: fifty times, and each time five have a seat and fifteen a refusal."""
    people = crowd(len(admins))
    for _round in range(ROUNDS):
        results = people.race([partial(take, sell_pool, member) for member in admins])
        assert tally(results) == {DONE: LAST, "no_seat": len(admins) - LAST}
        assert moves.numbers(sell_pool) == (5, 5, 5)
        assert sell_pool.assignments.count() == 5
        for assignment in sell_pool.assignments.all():
            release_seat(assignment=assignment, by=cast.SETUP, at=cast.NOW)


def test_the_same_crowd_oversells_a_naive_twin(
    crowd: Callable[[int], Crowd], admins: list[Membership], sell_pool: SeatPool
) -> None:
    """The control: if counting and then writing survives, this crowd does not race."""
    people = crowd(len(admins))
    worst = 0
    for _round in range(ROUNDS):
        people.race([partial(take_naively, sell_pool, member) for member in admins])
        worst = max(worst, sell_pool.assignments.count())
        sell_pool.assignments.all().delete()
        if worst > LAST:
            break
    assert worst > LAST
