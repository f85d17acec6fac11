"""Whoever became an end user can be found, and be made a team member again."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import invite
from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool
from subscriptions.rules.quotes import Timing
from team.actions import downgrade_to_end_user
from tests import cast, moves
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.kept import kept
from tests.team.views.test_team import names_in

TEAM = "/a/acme/team/"
END_USERS = {"role": "end_user"}


@kept
def downgraded(
    acme_agent: Membership, acme_owner: Membership, acme_end_user: Membership, at: datetime
) -> Membership:
    """An agent who is an end user since yesterday, beside one who never was anything else."""
    yesterday = at - timedelta(days=1)
    return downgrade_to_end_user(membership=acme_agent, by=acme_owner, at=yesterday)


def test_the_filter_lists_end_users_with_what_they_were(
    acme_admin: Membership, downgraded: Membership, client_for: ClientFor
) -> None:
    response = client_for(acme_admin).get(TEAM, END_USERS)

    assert names_in(response) == ["Acme Agent", "Acme Enduser"]
    page = main_of(response)
    assert "Agent until 22 November 2026, changed by" in page
    assert "1–2 of 2 end users" in page
    assert f'href="/a/acme/team/{downgraded.pk}/?again=1#change"' in response.content.decode()


def test_the_team_itself_leads_there(
    acme_admin: Membership, downgraded: Membership, client_for: ClientFor
) -> None:
    response = client_for(acme_admin).get(TEAM)

    assert "Acme Agent" not in names_in(response)
    assert 'href="?role=end_user"' in response.content.decode()


def test_search_finds_among_end_users(
    acme_admin: Membership, downgraded: Membership, client_for: ClientFor
) -> None:
    client = client_for(acme_admin)

    assert names_in(client.get(TEAM, {**END_USERS, "q": "agent"})) == ["Acme Agent"]
    nobody = main_of(client.get(TEAM, {**END_USERS, "q": "nobody"}))
    assert "No end users match this search" in nobody


def test_where_there_are_none_the_page_says_who_would_be_there(
    acme_admin: Membership, client_for: ClientFor
) -> None:
    page = main_of(client_for(acme_admin).get(TEAM, END_USERS))

    assert "No end users Team members who become end users are listed here" in page


def test_who_lost_the_seat_to_a_reduction_is_there(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, client_for: ClientFor, at: datetime
) -> None:
    """D4: as the mail to the admins says."""
    moves.set_numbers({suite_nine_of_ten: 8}, by=acme_owner, timing=Timing.NOW)

    response = client_for(acme_owner).get(TEAM, END_USERS)

    assert len(names_in(response)) == 1
    assert "Agent until 23 November 2026, changed by" in main_of(response)


def test_who_was_invited_as_an_end_user_was_nothing_before(
    acme: Account, acme_owner: Membership, client_for: ClientFor, at: datetime
) -> None:
    invite(
        account=acme, email="e@acme.example", name="Eva", role=Role.END_USER, by=acme_owner, at=at
    )

    page = main_of(client_for(acme_owner).get(TEAM, END_USERS))
    assert "Eva e@acme.example —" in page
    assert "changed by" not in page


def test_make_a_team_member_again_leads_to_a_form_with_what_they_had(
    acme_admin: Membership,
    downgraded: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
    client_for: ClientFor,
) -> None:
    """Role, seats and name are filled in; saving is all that is left."""
    client = client_for(acme_admin)
    person = f"/a/acme/team/{downgraded.pk}/"
    assert "Make a team member again" in main_of(client.get(person))

    response = client.get(person, {"again": "1"})

    form = response.context["form"]
    assert form["name"].value() == "Acme Agent"
    assert form["role"].value() == Role.AGENT
    assert form["seats"].value() == [suite_pool.pk]
    sent = {
        "name": "Acme Agent", "role": "agent", "seats": [suite_pool.pk],
        "expected_state": response.context["state"],
    }  # fmt: skip
    assert client.post(person, sent).status_code == 302
    again = Membership.objects.get(pk=downgraded.pk)
    assert (again.role, again.seat_assignments.count()) == (Role.AGENT, 1)


def test_a_seat_that_is_gone_is_not_filled_in(
    acme_admin: Membership, downgraded: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    cast.fill(suite_pool, 10)

    response = client_for(acme_admin).get(f"/a/acme/team/{downgraded.pk}/?again=1")

    assert response.context["form"]["seats"].value() == []
    assert "None available" in main_of(response)


def test_an_admin_cannot_make_a_billing_admin_again(
    acme_owner: Membership, acme_billing: Membership, acme_admin: Membership,
    client_for: ClientFor, at: datetime,
) -> None:  # fmt: skip
    """D13: what they were is shown, what can be given is filled in."""
    downgrade_to_end_user(membership=acme_billing, by=acme_owner, at=at)

    response = client_for(acme_admin).get(f"/a/acme/team/{acme_billing.pk}/?again=1")

    assert response.context["form"]["role"].value() == Role.AGENT
    assert "Billing admin until 23 November 2026" in main_of(response)


def test_as_many_queries_for_many_end_users_as_for_few(
    acme_owner: Membership, downgraded: Membership, client_for: ClientFor, at: datetime,
    suite_pool: SeatPool,
) -> None:  # fmt: skip
    client = client_for(acme_owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(TEAM, END_USERS)
        return len(captured)

    queries()  # The first visit of an hour is noted.
    few = queries()
    for agent in cast.fill(suite_pool, 8):
        downgrade_to_end_user(membership=agent, by=acme_owner, at=at)

    assert queries() == few
