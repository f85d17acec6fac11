"""One member: role and seats, why they count, and what may not be done to whom."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import suspend
from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool
from team.actions import change_member, remove_member
from team.selectors.members import state_of
from tests import cast
from tests.accounts.pages import main_of
from tests.conftest import ClientFor


def page_of(member: Membership) -> str:
    return f"/a/{member.account.slug}/team/{member.pk}/"


def form_of(member: Membership, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it now, with these changes."""
    seats = list(member.seat_assignments.values_list("pool_id", flat=True))
    shown = {
        "name": member.name,
        "role": member.role,
        "seats": seats,
        "expected_state": state_of(member),
    }
    return {**shown, **changes}


def pools_of(member: Membership) -> set[str]:
    return set(member.seat_assignments.values_list("pool__name", flat=True))


def role_of(member: Membership) -> str:
    return Membership.objects.get(pk=member.pk).role


# Who sees whom


@pytest.mark.parametrize(
    ("who", "status"),
    [("acme_owner", 200), ("acme_billing", 200), ("acme_admin", 200), ("acme_end_user", 403),
     ("stranger", 404)],
)  # fmt: skip
def test_only_who_manages_the_team_sees_a_member(
    acme_agent: Membership,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    status: int,
) -> None:
    """D8"""
    viewer = request.getfixturevalue(who)

    assert client_for(viewer).get(page_of(acme_agent)).status_code == status


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_accounts_member_is_not_found_here(
    acme_owner: Membership, globex_agent: Membership, client_for: ClientFor, method: str
) -> None:
    """D8"""
    page = f"/a/acme/team/{globex_agent.pk}/"

    assert getattr(client_for(acme_owner), method)(page).status_code == 404


def test_the_page_says_why_a_person_counts(
    acme_owner: Membership, acme_agent: Membership, sell_pool: SeatPool, client_for: ClientFor,
    at: datetime,
) -> None:  # fmt: skip
    """N3: which pool, since when, through what, by whom, and what it includes."""
    pools = [acme_agent.seat_assignments.get().pool_id, sell_pool.pk]
    change_member(
        membership=acme_agent, name=acme_agent.name, role=Role.AGENT, pool_ids=pools,
        by=acme_owner, at=at,
    )  # fmt: skip

    page = main_of(client_for(acme_owner).get(page_of(acme_agent)))

    assert "Seats held by Acme Agent" in page
    assert "Includes Support, Guide, Explore, Talk, Workforce Management" in page
    assert "1 November 2026 when added to the team, by" in page
    assert "Sell Growth 23 November 2026 on the member page, by" in page


def test_who_holds_no_seat_counts_nowhere(
    acme_owner: Membership, acme_admin: Membership, client_for: ClientFor
) -> None:
    page = main_of(client_for(acme_owner).get(page_of(acme_admin)))

    assert "Acme Admin has no seat" in page


def test_every_role_says_what_it_means(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    page = main_of(client_for(acme_owner).get(page_of(acme_agent)))

    assert "Manages the team and requests seats. Does not need a seat." in page
    assert "the team, except other billing admins. Does not need a seat." in page


def test_an_end_user_is_reached_by_address_and_upgraded(
    acme_owner: Membership, acme_end_user: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """Not on the list, but not out of reach."""
    client = client_for(acme_owner)
    assert client.get(page_of(acme_end_user)).status_code == 200

    client.post(page_of(acme_end_user), form_of(acme_end_user, role="agent", seats=[suite_pool.pk]))

    assert role_of(acme_end_user) == Role.AGENT
    assert pools_of(acme_end_user) == {"Support Suite Professional"}


# Changing


def test_name_role_and_seats_change_in_one_form(
    acme_owner: Membership, acme_agent: Membership, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    sent = form_of(acme_agent, name="Anna Agent", role="admin", seats=[sell_pool.pk])

    response = client_for(acme_owner).post(page_of(acme_agent), sent, follow=True)

    assert "Changes to Anna Agent have been saved." in main_of(response)
    assert role_of(acme_agent) == Role.ADMIN
    assert pools_of(acme_agent) == {"Sell Growth"}


def test_a_full_pool_refuses_no_change_that_takes_no_seat(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D5"""
    cast.fill(suite_pool, 10)
    sent = form_of(acme_agent, name="Anna Agent", role="admin")

    assert client_for(acme_owner).post(page_of(acme_agent), sent).status_code == 302
    assert role_of(acme_agent) == Role.ADMIN


def test_a_full_pool_refuses_one_more_and_says_where_seats_are_bought(
    acme_owner: Membership,
    acme_agent: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
) -> None:
    """D5, R21"""
    cast.fill(sell_pool, 5)
    sent = form_of(acme_agent, name="Renamed", seats=[suite_pool.pk, sell_pool.pk])

    response = client_for(acme_owner).post(page_of(acme_agent), sent)

    assert response.status_code == 409
    assert "No Sell Growth seat is available." in main_of(response)
    assert f'href="/a/acme/seats/add/?pool={sell_pool.pk}"' in response.content.decode()
    assert pools_of(acme_agent) == {"Support Suite Professional"}
    assert Membership.objects.get(pk=acme_agent.pk).name == acme_agent.name


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seats": []}, "An agent needs at least one seat."),
        ({"seats": ["999999"]}, "not one of the available choices"),
        ({"role": "owner"}, "not one of the available choices"),
        ({"role": "end_user"}, "not one of the available choices"),
        ({"role": "king"}, "not one of the available choices"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    acme_owner: Membership,
    acme_agent: Membership,
    client_for: ClientFor,
    changes: dict[str, Any],
    sentence: str,
) -> None:
    response = client_for(acme_owner).post(page_of(acme_agent), form_of(acme_agent, **changes))

    assert response.status_code == 422
    assert sentence in main_of(response)
    assert role_of(acme_agent) == Role.AGENT
    assert pools_of(acme_agent) == {"Support Suite Professional"}


def test_an_end_user_with_a_seat_is_refused(
    acme_owner: Membership, acme_end_user: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    sent = form_of(acme_end_user, seats=[suite_pool.pk])

    response = client_for(acme_owner).post(page_of(acme_end_user), sent)

    assert response.status_code == 422
    assert "An end user cannot have a seat." in main_of(response)


def test_a_form_filled_against_an_older_state_is_refused_with_the_new_one(
    acme_owner: Membership,
    acme_agent: Membership,
    sell_pool: SeatPool,
    client_for: ClientFor,
    at: datetime,
) -> None:
    """D6: a seat somebody gave meanwhile is not taken away by accident."""
    older = form_of(acme_agent, name="Renamed")
    pools = [*older["seats"], sell_pool.pk]
    change_member(
        membership=acme_agent, name=acme_agent.name, role=Role.AGENT, pool_ids=pools,
        by=acme_owner, at=at,
    )  # fmt: skip
    client = client_for(acme_owner)

    response = client.post(page_of(acme_agent), older)

    assert response.status_code == 409
    assert "in the meantime" in main_of(response)
    assert state_of(acme_agent) in response.content.decode()
    assert "Sell Growth" in pools_of(acme_agent)

    assert (
        client.post(
            page_of(acme_agent), {**older, "expected_state": state_of(acme_agent)}
        ).status_code
        == 302
    )


def test_the_form_sent_twice_changes_once_and_complains_of_nothing(
    acme_owner: Membership, acme_agent: Membership, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    """D6"""
    sent = form_of(acme_agent, seats=[sell_pool.pk])
    client = client_for(acme_owner)

    assert client.post(page_of(acme_agent), sent).status_code == 302
    assert client.post(page_of(acme_agent), sent).status_code == 302
    assert acme_agent.seat_changes.count() == 3


# Who may not


@pytest.mark.parametrize(
    ("who", "whom"),
    [("acme_admin", "acme_owner"), ("acme_billing", "acme_owner"), ("acme_admin", "acme_billing")],
)
def test_nobody_changes_a_role_above_their_own(
    suite_pool: SeatPool, client_for: ClientFor, request: pytest.FixtureRequest, who: str, whom: str
) -> None:
    """D7: no form, no buttons, a sentence that says who may, and no way around it."""
    viewer, person = request.getfixturevalue(who), request.getfixturevalue(whom)
    cast.give_seat(suite_pool, person)
    client = client_for(viewer)

    page = client.get(page_of(person))
    assert page.status_code == 200
    assert "Only" in main_of(page)
    assert "Save" not in main_of(page)
    assert "Remove access" not in main_of(page)

    wishes: list[dict[str, Any]] = [{"name": "Other"}, {"role": "admin"}, {"seats": []}]
    for changes in wishes:
        response = client.post(page_of(person), form_of(person, **changes))
        assert response.status_code in (403, 422)
    assert role_of(person) == person.role
    assert Membership.objects.get(pk=person.pk).name == person.name
    assert pools_of(person) == {"Support Suite Professional"}


@pytest.mark.parametrize("who", ["acme_admin", "acme_billing"])
def test_nobody_but_the_owner_gives_the_billing_role(
    acme_agent: Membership, client_for: ClientFor, request: pytest.FixtureRequest, who: str
) -> None:
    """D13"""
    sent = form_of(acme_agent, role="billing_admin")

    client = client_for(request.getfixturevalue(who))

    assert client.post(page_of(acme_agent), sent).status_code == 422
    assert role_of(acme_agent) == Role.AGENT


def test_a_billing_admin_is_told_who_changes_another(
    acme: Account, acme_owner: Membership, acme_billing: Membership, client_for: ClientFor
) -> None:
    """D13: the owner, by name."""
    other = cast.member(acme, "bookkeeper", Role.BILLING_ADMIN)

    page = main_of(client_for(acme_billing).get(page_of(other)))

    assert "Only the account owner, Acme Owner (owner@acme.example), can add, change" in page
    assert "Save" not in page


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("acme_owner", "You are the account owner until you transfer ownership"),
        ("acme_billing", "Only the account owner, Acme Owner (owner@acme.example), can change"),
        ("acme_admin", "Only the account owner, a billing admin or another admin can change"),
    ],
)
def test_who_changes_ones_own_role_is_true_for_everyone(
    acme_owner: Membership, client_for: ClientFor, request: pytest.FixtureRequest,
    who: str, sentence: str,
) -> None:  # fmt: skip
    """D7, D13"""
    member = request.getfixturevalue(who)

    assert sentence in main_of(client_for(member).get(page_of(member)))


@pytest.mark.parametrize("who", ["acme_owner", "acme_billing", "acme_admin"])
def test_one_takes_a_seat_oneself_but_no_other_role(
    suite_pool: SeatPool, client_for: ClientFor, request: pytest.FixtureRequest, who: str
) -> None:
    """D7: the last owner is not demoted, not even by themselves."""
    member = request.getfixturevalue(who)
    client = client_for(member)
    page = client.get(page_of(member))
    assert "Remove access" not in main_of(page)

    assert client.post(page_of(member), form_of(member, seats=[suite_pool.pk])).status_code == 302
    assert pools_of(member) == {"Support Suite Professional"}
    assert client.post(page_of(member), form_of(member, role="agent")).status_code == 422
    assert role_of(member) == member.role


def test_a_removed_person_is_shown_with_the_way_back(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    remove_member(membership=acme_agent, by=acme_owner, at=at)
    client = client_for(acme_owner)

    page = client.get(page_of(acme_agent))

    assert "This person is no longer a member." in main_of(page)
    assert "/a/acme/team/add/?email=agent%40acme.example" in page.content.decode()
    assert client.post(page_of(acme_agent), form_of(acme_agent, role="end_user")).status_code == 422


# What is drawn, and what is remembered


def test_the_buttons_fit_the_member(
    acme: Account, acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool,
    client_for: ClientFor, at: datetime,
) -> None:  # fmt: skip
    invited = cast.member(acme, "ina", Role.AGENT, suite_pool, active=False)
    client = client_for(acme_owner)

    def member_actions(member: Membership) -> list[str]:
        shown = client.get(page_of(member)).context["member_actions"]
        return [action.slug for action in [*shown["plain"], *shown["dangerous"]]]

    assert member_actions(acme_agent) == ["suspend", "downgrade", "remove"]
    assert member_actions(invited) == ["resend", "withdraw"]
    suspend(membership=acme_agent, by=acme_owner, at=at)
    assert member_actions(acme_agent) == ["reactivate", "release", "downgrade", "remove"]


def test_red_is_what_hurts(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    cast.give_seat(suite_pool, acme_admin)

    shown = client_for(acme_owner).get(page_of(acme_admin)).context["member_actions"]

    assert [action.slug for action in shown["plain"]] == ["suspend", "release"]
    assert [action.slug for action in shown["dangerous"]] == ["downgrade", "remove"]


def test_what_happened_is_told_newest_first(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    """D9"""
    change_member(
        membership=acme_agent, name="Anna", role=Role.ADMIN, pool_ids=[], by=acme_owner, at=at
    )

    page = main_of(client_for(acme_owner).get(page_of(acme_agent)))

    told = page[page.index("History") :]
    # The cast accepts in the moment it is invited; the order of those two is anyone's.
    steps = [
        "Seat released: Support Suite Professional", "Renamed: Acme Agent → to Anna",
        "Role changed: Agent → to Admin", "Seat assigned: Support Suite Professional",
        "Invited: Agent",
    ]  # fmt: skip
    assert [told.index(step) for step in steps] == sorted(told.index(step) for step in steps)


def queries_of(member: Membership, viewer: Membership, client_for: ClientFor) -> int:
    client = client_for(viewer)
    # The first visit in an hour is written down.
    client.get(page_of(member))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_of(member)).status_code == 200
    return len(queries)


def test_as_many_queries_for_a_member_of_1000_as_of_10(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    cast.fill(suite_pool, 9)
    with_ten = queries_of(acme_agent, acme_owner, client_for)

    cast.crowd(suite_pool, 990)

    assert queries_of(acme_agent, acme_owner, client_for) == with_ten


def test_full_seats_the_person_lacks_are_named_with_the_way_to_more(
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, client_for: ClientFor
) -> None:
    """R21: each with its own link; what the person holds already is not lacking."""
    cast.fill(sell_pool, 5)
    held = cast.fill(suite_pool, 10)[0]

    response = client_for(acme_owner).get(f"/a/acme/team/{held.pk}/")

    assert "No Sell Growth seats are left." in main_of(response)
    assert f'href="/a/acme/seats/add/?pool={sell_pool.pk}"' in response.content.decode()
    assert "No Support Suite Professional seats are left." not in main_of(response)


def test_a_form_sent_as_it_was_shown_says_that_nothing_changed(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    sent = form_of(acme_agent)

    page = main_of(client_for(acme_owner).post(page_of(acme_agent), sent, follow=True))

    assert "Nothing changed." in page
    assert "have been saved" not in page


def test_a_suspended_member_still_has_as_many_seats_as_they_hold(
    acme_owner: Membership, acme_agent: Membership, sell_pool: SeatPool, client_for: ClientFor,
    at: datetime,
) -> None:  # fmt: skip
    """D2."""
    cast.give_seat(sell_pool, acme_agent)
    suspend(membership=acme_agent, by=acme_owner, at=at)
    client = client_for(acme_owner)

    assert "Still has 2 seats" in main_of(client.get(page_of(acme_agent)))
    assert "Still has 2 seats" in main_of(client.get("/a/acme/team/"))
