"""A member's own access: role, seats and whom to ask; an agent's home (N3, D1)."""

from datetime import datetime

import pytest

from accounts.actions import suspend
from accounts.models import Account, Membership
from subscriptions.models import SeatPool
from tests import cast
from tests.accounts.pages import main_of
from tests.conftest import ClientFor

ACCESS = "/a/acme/"


def test_an_agent_sees_role_and_why_they_count(
    acme_agent: Membership, client_for: ClientFor
) -> None:
    """N3"""
    page = main_of(client_for(acme_agent).get(ACCESS))

    assert "Agent Works in the products. Needs at least one seat." in page
    assert "Support Suite Professional Includes Support, Guide, Explore, Talk" in page
    assert "1 November 2026 when added to the team, by" in page


@pytest.mark.parametrize("slug", ["acme", "initech"])
def test_an_agent_may_only_ask_for_seats(
    client_for: ClientFor, request: pytest.FixtureRequest, slug: str
) -> None:
    """D1"""
    agent = request.getfixturevalue(f"{slug}_agent")

    response = client_for(agent).get(f"/a/{slug}/")

    assert f'href="/a/{slug}/seats/request/"' in response.content.decode()
    assert f'href="/a/{slug}/team/"' not in response.content.decode()
    assert f'href="/a/{slug}/subscription/"' not in response.content.decode()
    assert "What you can do here Request seats" in main_of(response)


def test_an_end_user_is_told_whom_to_ask(
    acme_end_user: Membership,
    acme_owner: Membership,
    acme_admin: Membership,
    suite_pool: SeatPool,
    client_for: ClientFor,
) -> None:
    page = client_for(acme_end_user).get(ACCESS)

    assert "You do not have a seat." in main_of(page)
    assert "mailto:owner@acme.example" in page.content.decode()
    assert "mailto:admin@acme.example" in page.content.decode()
    assert "/seats/request/" not in page.content.decode()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (
            "acme_owner",
            "View the subscription Change the subscription Request changes to the subscription "
            "Approve or decline seat requests Add seats Manage team members "
            "Manage API tokens and webhooks Transfer ownership",
        ),
        (
            "acme_billing",
            "View the subscription Change the subscription Request changes to the subscription "
            "Approve or decline seat requests Add seats Manage team members",
        ),
        (
            "acme_admin",
            "View the subscription Request seats Request changes to the subscription "
            "Manage team members",
        ),
        (
            "initech_owner",
            "View the subscription Request seats Request changes to the subscription "
            "Manage team members Manage API tokens and",
        ),
        (
            "initech_billing",
            "View the subscription Request seats Request changes to the subscription "
            "Manage team members",
        ),
    ],
)
def test_what_one_may_do_fits_role_and_account(
    client_for: ClientFor, request: pytest.FixtureRequest, who: str, may: str
) -> None:
    """D1: nobody is promised to buy where Sales manages the account."""
    member = request.getfixturevalue(who)

    page = main_of(client_for(member).get(f"/a/{member.account.slug}/"))

    assert f"What you can do here {may}" in page


def test_who_manages_the_team_is_warned_here_too(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R20"""
    cast.fill(suite_pool, 9)

    assert "Only 1 Support Suite Professional seat" in main_of(client_for(acme_owner).get(ACCESS))
    assert "seat is left" not in main_of(client_for(acme_agent).get(ACCESS))


def test_a_suspended_member_stays_outside_and_is_told_who_can_help(
    acme_agent: Membership, acme_owner: Membership, client_for: ClientFor, at: datetime
) -> None:
    """D8"""
    suspend(membership=acme_agent, by=acme_owner, at=at)

    response = client_for(acme_agent).get(ACCESS)

    assert response.status_code == 403
    assert "Your access to Acme is suspended." in main_of(response)
    assert "owner@acme.example" in main_of(response)


def test_a_stranger_finds_nothing(
    stranger: Membership, acme: Account, client_for: ClientFor
) -> None:
    """D8"""
    assert client_for(stranger).get(ACCESS).status_code == 404


def test_before_anything_is_bought_there_is_nothing_to_request(
    acme_admin: Membership, client_for: ClientFor
) -> None:
    acme_admin.account.subscription.delete()

    response = client_for(acme_admin).get(ACCESS)

    assert response.status_code == 200
    assert "/seats/request/" not in response.content.decode()
