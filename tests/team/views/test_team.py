"""Team members: who is listed, what is found, how it is sorted, what the page leads to."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import suspend
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from subscriptions.models import SeatPool
from team.actions import release_seats
from tests import cast
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.kept import kept

TEAM = "/a/acme/team/"


def names_in(response: HttpResponse) -> list[str]:
    return [member.name for member in response.context["page"]]  # type: ignore[attr-defined]


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.BILLING_ADMIN, 200),
        (Role.ADMIN, 200),
        (Role.AGENT, 403),
        (Role.END_USER, 403),
    ],
)
def test_only_who_manages_the_team_sees_it(
    acme: Account, suite_pool: SeatPool, client_for: ClientFor, role: Role, status: int
) -> None:
    """D8"""
    if role == Role.OWNER:
        member = cast.owner(acme)
    else:
        pools = [suite_pool] if role == Role.AGENT else []
        member = cast.member(acme, "someone", role, *pools)

    response = client_for(member).get(TEAM)

    assert response.status_code == status
    if status == 403:
        assert "Acme owner" in main_of(response) or "owner@acme.example" in main_of(response)


def test_a_stranger_finds_nothing(
    stranger: Membership, acme: Account, client_for: ClientFor
) -> None:
    """D8"""
    assert client_for(stranger).get(TEAM).status_code == 404


# What is listed


def test_everyone_but_end_users_is_listed(
    acme_admin: Membership, acme_agent: Membership, acme_end_user: Membership, client_for: ClientFor
) -> None:
    """R11"""
    response = client_for(acme_admin).get(TEAM)

    assert acme_agent.name in names_in(response)
    assert acme_end_user.name not in names_in(response)
    assert "1–3 of 3 team members End users are not listed here." in main_of(response)


def test_a_row_says_name_mail_role_seats_status_and_when(
    acme_admin: Membership, acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    """R11"""
    Membership.objects.filter(pk=acme_agent.pk).update(last_visited_at=at - timedelta(days=1))

    page = main_of(client_for(acme_admin).get(TEAM))

    assert (
        "Acme Agent agent@acme.example Agent Support Suite Professional Active Yesterday 1 Nov 2026"
        in page
    )


def test_an_invited_member_was_never_here(
    acme_admin: Membership, suite_pool: SeatPool, acme: Account, client_for: ClientFor, at: datetime
) -> None:
    """Their sign-in elsewhere is nobody's business (D2)."""
    invited = cast.member(acme, "ines", Role.AGENT, suite_pool, active=False, at=at)
    User.objects.filter(pk=invited.user_id).update(last_login=at)

    page = main_of(client_for(acme_admin).get(TEAM + "?q=ines"))

    assert "Support Suite Professional Invited —" in page


def test_a_suspended_member_visibly_still_holds_a_seat(
    acme_admin: Membership, acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    """D2"""
    suspend(membership=acme_agent, by=acme_admin, at=at)

    page = main_of(client_for(acme_admin).get(TEAM + "?q=agent"))

    assert "Support Suite Professional Still has 1 seat Suspended" in page


def test_seats_available_per_pool_are_in_sight(
    acme_admin: Membership,
    suite_nine_of_ten: SeatPool,
    sell_two_of_five: SeatPool,
    client_for: ClientFor,
) -> None:
    page = main_of(client_for(acme_admin).get(TEAM))

    assert "Support Suite Professional 1 · Sell Growth 3 seats available" in page


# Search, filters, sorting, pages


@kept
def team(acme: Account, suite_pool: SeatPool, sell_pool: SeatPool, at: datetime) -> Account:
    """Owner; Billing; Sue (suspended, Suite); Ina (invited, Sell); Abe (Suite, Sell)."""
    cast.member(acme, "billing", Role.BILLING_ADMIN)
    sue = cast.member(acme, "sue", Role.AGENT, suite_pool)
    cast.member(acme, "ina", Role.AGENT, sell_pool, active=False, at=at - timedelta(days=2))
    cast.member(acme, "abe", Role.AGENT, suite_pool, sell_pool, at=at - timedelta(days=1))
    suspend(membership=sue, by=cast.owner(acme), at=at)
    return acme


def found_by(team: Account, client_for: ClientFor, **query: Any) -> list[str]:
    response = client_for(cast.owner(team)).get(TEAM, query)
    assert response.status_code == 200
    return [name.split()[-1] for name in names_in(response)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "abe"}, ["Abe"]),
        ({"q": "INA@ACME"}, ["Ina"]),
        ({"q": "acme a"}, ["Abe", "Billing", "Ina", "Owner", "Sue"]),
        ({"q": "ABE acme"}, ["Abe"]),
        ({"q": "be"}, []),
        ({"q": "nobody"}, []),
        ({"q": "%"}, []),
        ({"status": "invitation_expired"}, []),
        ({"role": "billing_admin"}, ["Billing"]),
        ({"role": "agent", "status": "active"}, ["Abe"]),
        ({"status": "invited"}, ["Ina"]),
        ({"status": "suspended"}, ["Sue"]),
        ({"status": "suspended_with_seat"}, ["Sue"]),
        ({"pool": "none"}, ["Billing", "Owner"]),
    ],
)
def test_search_and_filters_find(
    team: Account, client_for: ClientFor, query: dict[str, str], names: list[str]
) -> None:
    """R11"""
    owner = cast.owner(team)
    Membership.objects.filter(pk=owner.pk).update(name="Acme Owner")

    assert found_by(team, client_for, **query) == names


def test_an_expired_invitation_is_shown_as_expired(
    acme_admin: Membership, acme: Account, suite_pool: SeatPool, client_for: ClientFor, at: datetime
) -> None:
    """D14: in the table, on the page, and found by a filter of its own."""
    expired = cast.member(acme, "ina", Role.AGENT, suite_pool, active=False)
    cast.member(acme, "new", Role.AGENT, suite_pool, active=False, at=at)
    client = client_for(acme_admin)

    found = client.get(TEAM, {"status": "invitation_expired"})

    assert names_in(found) == ["Acme Ina"]
    assert "Support Suite Professional Invitation expired" in main_of(found)
    assert names_in(client.get(TEAM, {"status": "invited"})) == ["Acme New"]
    page = main_of(client.get(f"/a/acme/team/{expired.pk}/"))
    assert "Invitation expired It expired on 15 November 2026. Resend it." in page


def test_an_agent_without_a_seat_is_not_said_to_need_none(
    acme_admin: Membership, acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    """D2"""
    suspend(membership=acme_agent, by=acme_admin, at=at)
    release_seats(membership=acme_agent, by=acme_admin, at=at)

    page = main_of(client_for(acme_admin).get(TEAM))

    assert "Agent No seat Suspended" in page
    assert "Admin No seat needed Active" in page


def test_the_product_filter_finds_its_seat_holders(
    team: Account, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    """R11"""
    assert found_by(team, client_for, pool=sell_pool.pk) == ["Abe", "Ina"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Abe", "Billing", "Ina", "Owner", "Sue"]),
        ("-name", ["Sue", "Owner", "Ina", "Billing", "Abe"]),
        ("role", ["Owner", "Billing", "Abe", "Ina", "Sue"]),
        ("added", ["Owner", "Billing", "Sue", "Ina", "Abe"]),
        ("-added", ["Abe", "Ina", "Sue", "Billing", "Owner"]),
        ("status", ["Abe", "Billing", "Owner", "Ina", "Sue"]),
    ],
)
def test_sorting(team: Account, client_for: ClientFor, sort: str, names: list[str]) -> None:
    """R11"""
    Membership.objects.filter(pk=cast.owner(team).pk).update(name="Acme Owner")

    assert found_by(team, client_for, sort=sort) == names


@pytest.mark.parametrize("sort", ["visited", "-visited"])
def test_who_was_never_here_comes_last_either_way(
    team: Account, client_for: ClientFor, at: datetime, sort: str
) -> None:
    abe = Membership.objects.filter(user__email="abe@acme.example")
    abe.update(last_visited_at=at - timedelta(days=3))

    assert set(found_by(team, client_for, sort=sort)[:2]) >= {"Abe"}


@pytest.mark.parametrize(
    "query",
    [
        {"role": "king"}, {"pool": "999999"}, {"pool": "x"}, {"status": "removed"},
        {"sort": "password"}, {"page": "x"}, {"page": "-1"}, {"page": "99"}, {"q": "a" * 1000},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_narrows_nothing(
    team: Account, client_for: ClientFor, query: dict[str, str]
) -> None:
    assert len(found_by(team, client_for, **query)) == 5


def test_sort_links_and_pages_keep_the_filters(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    cast.crowd(suite_pool, 60)

    response = client_for(acme_owner).get(TEAM, {"q": "crowd", "role": "agent", "page": "2"})

    assert "26–50 of 60 team members" in main_of(response)
    html = response.content.decode()
    assert "?q=crowd&amp;role=agent&amp;sort=role" in html
    assert "?q=crowd&amp;role=agent&amp;page=3" in html


def test_an_empty_result_says_so_and_leads_back(team: Account, client_for: ClientFor) -> None:
    page = client_for(cast.owner(team)).get(TEAM, {"q": "nobody"})

    assert "No matches" in main_of(page)
    assert f'href="{TEAM}"' in page.content.decode()


def queries_of_the_page(member: Membership, client_for: ClientFor) -> int:
    client = client_for(member)
    # The first visit in an hour is written down.
    client.get(TEAM)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(TEAM).status_code == 200
    return len(queries)


def test_as_many_queries_with_1000_members_as_with_10(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    cast.fill(suite_pool, 9)
    with_ten = queries_of_the_page(acme_owner, client_for)

    cast.crowd(suite_pool, 990)

    assert acme_owner.account.memberships.count() == 1000
    assert queries_of_the_page(acme_owner, client_for) == with_ten


# The last seat, and the way to more


@pytest.mark.parametrize(
    ("who", "page"),
    [("acme_owner", "add"), ("acme_billing", "add"), ("acme_admin", "request")],
)
def test_before_the_last_seat_is_taken_the_pool_is_named(
    suite_nine_of_ten: SeatPool,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    page: str,
) -> None:
    """R20, R21: Manage seats leads to where this person buys or requests."""
    response = client_for(request.getfixturevalue(who)).get(TEAM)

    assert "Only 1 Support Suite Professional seat is left." in main_of(response)
    link = f'/a/acme/seats/{page}/?pool={suite_nine_of_ten.pk}"'
    assert link in response.content.decode()


def test_a_full_pool_is_said_more_strongly(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R20, D12"""
    cast.fill(suite_pool, 10)

    response = client_for(acme_owner).get(TEAM)

    assert "No Support Suite Professional seats are left." in main_of(response)
    assert "banner--bad" in response.content.decode()


def test_no_warning_while_two_seats_are_left(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D12"""
    cast.fill(suite_pool, 8)

    assert "seat is left" not in main_of(client_for(acme_owner).get(TEAM))


def test_add_more_seats_leads_to_the_cart(
    acme_owner: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """R11"""
    response = client_for(acme_owner).get(TEAM)

    assert "Add more seats" in main_of(response)
    assert 'href="/a/acme/seats/add/"' in response.content.decode()


def test_a_sales_managed_account_requests_instead(
    initech_owner: Membership, initech_pool: SeatPool, client_for: ClientFor
) -> None:
    """R19"""
    response = client_for(initech_owner).get("/a/initech/team/")

    assert "Add more seats" not in main_of(response)
    assert "Request agent seats" in main_of(response)
    assert 'href="/a/initech/seats/request/"' in response.content.decode()


def test_before_anything_is_bought_the_page_has_no_seats_to_speak_of(
    acme_owner: Membership, client_for: ClientFor
) -> None:
    acme_owner.account.subscription.delete()

    response = client_for(acme_owner).get(TEAM)

    assert response.status_code == 200
    assert reverse("add_member", args=["acme"]) in response.content.decode()
    assert "Add more seats" not in main_of(response)


def test_several_pools_that_run_out_share_one_banner(
    acme_owner: Membership,
    acme_admin: Membership,
    suite_nine_of_ten: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
) -> None:
    """R20: the full one first, each with its way, in the words of who reads it."""
    cast.fill(sell_pool, 5)

    response = client_for(acme_owner).get(TEAM)

    assert response.content.decode().count('class="banner ') == 1
    page = main_of(response)
    assert "Seats are running out. Buy more or release some." in page
    assert page.index("No Sell Growth") < page.index("Only 1 Support Suite Professional")
    assert "Request more or release some" in main_of(client_for(acme_admin).get(TEAM))
