"""Whose seats one may touch: one's own and those of people one may manage (D7, D8)."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool
from subscriptions.selectors.seats import pools_of
from team.actions import change_member, release_seats
from team.selectors.members import held_seats
from tests import cast, moves


def test_an_agent_takes_no_seat_and_no_name_for_themselves(
    acme_agent: Membership, suite_pool: SeatPool, sell_pool: SeatPool, at: datetime
) -> None:
    """D10: the action refuses by itself, whichever page is used."""
    with pytest.raises(ValidationError) as refused:
        change_member(
            membership=acme_agent, name="Boss", role=Role.AGENT,
            pool_ids=[suite_pool.pk, sell_pool.pk], by=acme_agent, at=at,
        )  # fmt: skip

    assert refused.value.code == "own_membership"
    assert acme_agent.seat_assignments.count() == 1


@pytest.mark.parametrize(
    ("chosen", "bought", "going"), [([], 0, [7, 8]), ([0, 1], 0, [0, 1]), ([0, 1], 2, [])]
)
def test_a_member_page_says_of_those_who_go_at_renewal_that_they_do(
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    chosen: list[int],
    bought: int,
    going: list[int],
) -> None:
    """N2, N3: chosen or added last, and not any more when there is a seat for everyone."""
    seats = list(suite_nine_of_ten.assignments.order_by("pk"))
    moves.set_numbers({suite_nine_of_ten: 7}, by=acme_owner, chosen=[seats[i] for i in chosen])
    if bought:
        moves.buy({suite_nine_of_ten: bought}, by=acme_owner)
    pools = pools_of(acme_owner.account.subscription)
    told = [i for i, seat in enumerate(seats) if held_seats(seat.membership, pools)[0].goes_on]
    assert told == going


@pytest.mark.parametrize("who", ["acme_admin", "acme_billing"])
def test_nobody_takes_the_owners_seat(
    acme_owner: Membership,
    suite_pool: SeatPool,
    request: pytest.FixtureRequest,
    at: datetime,
    who: str,
) -> None:
    """D7"""
    cast.give_seat(suite_pool, acme_owner)
    by = request.getfixturevalue(who)

    with pytest.raises(ValidationError) as refused:
        release_seats(membership=acme_owner, by=by, at=at)

    assert refused.value.code == "owner"
    assert acme_owner.seat_assignments.count() == 1


def test_the_owner_gives_back_their_own_seat(
    acme_owner: Membership, suite_pool: SeatPool, at: datetime
) -> None:
    cast.give_seat(suite_pool, acme_owner)

    change_member(
        membership=acme_owner, name="Olga", role=Role.OWNER, pool_ids=[], by=acme_owner, at=at
    )

    assert not acme_owner.seat_assignments.exists()


def test_a_member_of_another_account_is_out_of_reach(
    acme_owner: Membership, globex_agent: Membership, at: datetime
) -> None:
    """D8"""
    with pytest.raises(ValidationError):
        change_member(
            membership=globex_agent, name="Mine", role=Role.AGENT,
            pool_ids=[a.pool_id for a in globex_agent.seat_assignments.all()],
            by=acme_owner, at=at,
        )  # fmt: skip

    globex_agent.refresh_from_db()
    assert globex_agent.name == "Globex Agent"
