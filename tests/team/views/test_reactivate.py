"""Reactivating a suspended agent without a seat: the page asks for one, or another role (D2)."""

from datetime import datetime

from accounts.actions import suspend
from accounts.models import Membership
from subscriptions.models import SeatPool
from team.actions import release_seats
from tests import cast
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.kept import kept
from tests.team.views.test_member_actions import address, now


@kept
def seatless(acme_agent: Membership, acme_owner: Membership, at: datetime) -> Membership:
    suspend(membership=acme_agent, by=acme_owner, at=at)
    release_seats(membership=acme_agent, by=acme_owner, at=at)
    return acme_agent


def test_the_page_asks_for_a_seat_or_another_role(
    acme_admin: Membership, seatless: Membership, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    page = main_of(client_for(acme_admin).get(address(seatless, "reactivate")))

    assert "with the role and seats you choose here" in page
    assert "Support Suite Professional" in page
    assert "10 available" in page
    assert "Billing admin" not in page


def test_with_a_seat_they_are_in_again(
    acme_admin: Membership, seatless: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    response = client_for(acme_admin).post(
        address(seatless, "reactivate"), {"role": "agent", "seats": [suite_pool.pk]}, follow=True
    )

    assert "Acme Agent has been reactivated." in main_of(response)
    assert now(seatless) == ("active", "agent", 1)


def test_with_no_seat_left_it_is_refused_and_leads_to_seats(
    acme_owner: Membership, seatless: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D5, R21"""
    cast.fill(suite_pool, 10)

    response = client_for(acme_owner).post(
        address(seatless, "reactivate"), {"role": "agent", "seats": [suite_pool.pk]}
    )

    assert response.status_code == 409
    assert "No Support Suite Professional seat is available." in main_of(response)
    assert f"/a/acme/seats/add/?pool={suite_pool.pk}" in response.content.decode()
    assert now(seatless) == ("suspended", "agent", 0)


def test_an_agent_without_a_seat_is_not_let_in(
    acme_admin: Membership, seatless: Membership, client_for: ClientFor
) -> None:
    client, page = client_for(acme_admin), address(seatless, "reactivate")

    for sent in ({}, {"role": "agent"}):
        assert client.post(page, sent).status_code == 422
    assert now(seatless) == ("suspended", "agent", 0)


def test_the_members_page_says_what_reactivating_takes(
    acme_admin: Membership, seatless: Membership, client_for: ClientFor
) -> None:
    page = main_of(client_for(acme_admin).get(f"/a/acme/team/{seatless.pk}/"))

    assert "To reactivate them, assign a seat or choose another role." in page
    assert "Still has" not in page
