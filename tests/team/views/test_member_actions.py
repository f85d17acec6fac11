"""What can be done with a member: said first, done by a button, refused where it must be."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache

from accounts.actions import suspend
from accounts.models import Account, AuditKind, Membership, Status
from accounts.permissions import Role, Scope
from subscriptions.models import SeatPool
from team.actions import remove_member
from team.member_actions import MEMBER_ACTIONS
from tests import cast, moves
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.kept import kept


def address(member: Membership, action: str) -> str:
    return f"/a/{member.account.slug}/team/{member.pk}/{action}/"


def now(member: Membership) -> tuple[str, str, int]:
    """Status, role and seats held."""
    row = Membership.objects.get(pk=member.pk)
    return row.status, row.role, row.seat_assignments.count()


@kept
def invited(acme: Account, suite_pool: SeatPool) -> Membership:
    return cast.member(acme, "ina", Role.AGENT, suite_pool, active=False)


@kept
def suspended(acme_agent: Membership, acme_owner: Membership, at: datetime) -> Membership:
    return suspend(membership=acme_agent, by=acme_owner, at=at)


# Each action: what is said before, what is so afterwards


@pytest.mark.parametrize(
    ("who", "action", "said", "after"),
    [
        (
            "acme_agent", "suspend",
            "You keep paying for these seats until they are released: Support Suite Professional.",
            ("suspended", "agent", 1),
        ),
        (
            "acme_agent", "downgrade",
            "Seats that become available immediately: Support Suite Professional.",
            ("active", "end_user", 0),
        ),
        (
            "acme_agent", "remove",
            "Seats that become available immediately: Support Suite Professional.",
            ("removed", "end_user", 0),
        ),
        ("acme_admin", "downgrade", "(Admin) becomes an end user", ("active", "end_user", 0)),
        ("acme_admin", "remove", "loses access to Acme", ("removed", "admin", 0)),
        ("suspended", "reactivate", "can access Acme again, as Agent", ("active", "agent", 1)),
        (
            "suspended", "release", "To reactivate them, assign a seat or choose another role.",
            ("suspended", "agent", 0),
        ),
        (
            "invited",
            "resend",
            "A new link will be sent to ina@acme.example and works for 14 days.",
            ("invited", "agent", 1),
        ),
        (
            "invited", "withdraw", "The invitation link stops working.",
            ("removed", "end_user", 0),
        ),
    ],
)  # fmt: skip
def test_what_follows_is_said_before_and_true_afterwards(
    acme_owner: Membership,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    action: str,
    said: str,
    after: tuple[str, str, int],
) -> None:
    """D2, D4, N2"""
    member = request.getfixturevalue(who)
    before = now(member)
    client = client_for(acme_owner)

    asked = client.get(address(member, action))
    assert asked.status_code == 200
    assert said in main_of(asked)
    assert now(member) == before

    response = client.post(address(member, action))
    assert response["Location"] == f"/a/acme/team/{member.pk}/"
    assert now(member) == after
    assert client.get(response["Location"]).status_code == 200


def test_released_seats_are_available_again(
    acme_owner: Membership, acme_agent: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D5"""
    client_for(acme_owner).post(address(acme_agent, "remove"))

    suite_pool.refresh_from_db()
    assert suite_pool.assigned == 0


def test_an_admin_whose_seats_are_released_stays_an_admin(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D4"""
    cast.give_seat(suite_pool, acme_admin)
    client = client_for(acme_owner)
    assert "keeps the role Admin, without a seat" in main_of(
        client.get(address(acme_admin, "release"))
    )

    client.post(address(acme_admin, "release"))

    assert now(acme_admin) == ("active", "admin", 0)


def test_a_full_pool_hinders_no_resending(
    acme_owner: Membership, invited: Membership, suite_pool: SeatPool, client_for: ClientFor
) -> None:
    """D5"""
    cast.fill(suite_pool, 10)

    assert client_for(acme_owner).post(address(invited, "resend")).status_code == 302


def test_resending_mails_a_new_link(
    acme_owner: Membership,
    invited: Membership,
    client_for: ClientFor,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client_for(acme_owner).post(address(invited, "resend"))

    assert [mail.to for mail in mailoutbox] == [["ina@acme.example"]]


def test_each_leaves_an_entry(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    """D9"""
    client_for(acme_owner).post(address(acme_agent, "suspend"))

    entry = acme_agent.audit_entries.first()
    assert entry is not None
    assert (entry.kind, entry.by) == (AuditKind.SUSPENDED, acme_owner.user)
    assert (entry.before, entry.after) == ({"status": "active"}, {"status": "suspended"})


# Who may not, and what does not fit


@pytest.mark.parametrize("action", MEMBER_ACTIONS)
@pytest.mark.parametrize(
    ("who", "status"), [("acme_end_user", 403), ("stranger", 404), ("acme_second_agent", 403)]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_does_not_manage_the_team_does_nothing(
    acme_agent: Membership,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    action: str,
    who: str,
    status: int,
    method: str,
) -> None:
    """D8"""
    client = client_for(request.getfixturevalue(who))

    assert getattr(client, method)(address(acme_agent, action)).status_code == status
    assert now(acme_agent) == ("active", "agent", 1)


@kept
def acme_second_agent(acme: Account, suite_pool: SeatPool) -> Membership:
    return cast.member(acme, "second", Role.AGENT, suite_pool)


@pytest.mark.parametrize("action", ["suspend", "release", "downgrade", "remove", "transfer"])
@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("acme_billing", "acme_owner"),
        ("acme_admin", "acme_owner"),
        ("acme_admin", "acme_billing"),
        ("acme_billing", "acme_second_billing"),
        ("acme_owner", "acme_owner"),
        ("acme_admin", "acme_admin"),
    ],
)
def test_nobody_acts_on_a_role_above_their_own_or_on_themselves(
    suite_pool: SeatPool,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    action: str,
    who: str,
    whom: str,
) -> None:
    """D7: the last owner is not suspended, downgraded or removed, and keeps the seat."""
    actor, person = request.getfixturevalue(who), request.getfixturevalue(whom)
    cast.give_seat(suite_pool, person)
    before = now(person)
    client = client_for(actor)

    assert client.get(address(person, action)).status_code in (302, 403)
    assert client.post(address(person, action)).status_code in (403, 422)
    assert now(person) == before


@kept
def acme_second_billing(acme: Account) -> Membership:
    return cast.member(acme, "bookkeeper", Role.BILLING_ADMIN)


def test_a_refusal_is_a_sentence_and_a_way_back(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    client = client_for(acme_owner)
    client.post(address(acme_agent, "suspend"))

    response = client.post(address(acme_agent, "suspend"))

    assert response.status_code == 422
    assert "Only active members can be suspended." in main_of(response)
    assert f'href="/a/acme/team/{acme_agent.pk}/"' in response.content.decode()


def test_what_does_not_fit_is_not_asked(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    response = client_for(acme_owner).get(address(acme_agent, "reactivate"))

    assert response["Location"] == f"/a/acme/team/{acme_agent.pk}/"


def test_an_accepted_invitation_cannot_be_withdrawn(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    """Accepted in the moment between the page and the button: nobody is thrown out."""
    response = client_for(acme_owner).post(address(acme_agent, "withdraw"))

    assert response.status_code == 422
    assert now(acme_agent) == ("active", "agent", 1)


def test_a_removed_person_is_done_with(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    remove_member(membership=acme_agent, by=acme_owner, at=at)

    response = client_for(acme_owner).post(address(acme_agent, "suspend"))

    assert response.status_code == 422
    assert "This person is no longer a member." in main_of(response)


def test_what_there_is_no_verb_for_is_not_found(
    acme_owner: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    assert client_for(acme_owner).post(address(acme_agent, "promote")).status_code == 404


def test_another_accounts_member_is_not_acted_on(
    acme_owner: Membership, globex_agent: Membership, client_for: ClientFor
) -> None:
    """D8"""
    page = f"/a/acme/team/{globex_agent.pk}/remove/"

    assert client_for(acme_owner).post(page).status_code == 404
    assert now(globex_agent)[0] == Status.ACTIVE


# The ownership

PASSWORD = {"password": "olgas-own-horse"}


@pytest.fixture
def password(acme_owner: Membership, client_for: ClientFor) -> None:
    """The owner has one; set before they sign in, because setting it ends a session."""
    cache.clear()
    acme_owner.user.set_password(PASSWORD["password"])
    acme_owner.user.save()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "This field is required."),
        ({"password": "olgas-own-hors"}, "Incorrect password."),
        ({"password": ""}, "This field is required."),
    ],
)
def test_the_ownership_is_not_transferred_without_the_owners_password(
    acme_owner: Membership,
    acme_billing: Membership,
    password: None,
    client_for: ClientFor,
    sent: dict[str, str],
    sentence: str,
) -> None:
    """D7: whoever finds the owner's browser open cannot take the account."""
    client = client_for(acme_owner)
    assert "Your password" in main_of(client.get(address(acme_billing, "transfer")))

    response = client.post(address(acme_billing, "transfer"), sent)

    assert response.status_code == 422
    assert sentence in main_of(response)
    assert "olgas" not in response.content.decode()
    assert now(acme_owner)[1] == Role.OWNER


def test_the_owners_password_cannot_be_guessed_there(
    acme_owner: Membership, acme_billing: Membership, password: None, client_for: ClientFor
) -> None:
    client = client_for(acme_owner)
    for guess in range(10):
        client.post(address(acme_billing, "transfer"), {"password": f"guess {guess}"})

    response = client.post(address(acme_billing, "transfer"), PASSWORD)

    assert response.status_code == 429
    assert "Too many failed login attempts." in main_of(response)
    assert now(acme_owner)[1] == Role.OWNER


@pytest.mark.parametrize("candidate", ["acme_billing", "acme_admin"])
def test_the_owner_hands_the_ownership_on_and_becomes_billing_admin(
    acme_owner: Membership,
    password: None,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    candidate: str,
) -> None:
    """D7"""
    to = request.getfixturevalue(candidate)
    client = client_for(acme_owner)
    asked = main_of(client.get(address(to, "transfer")))
    assert "becomes the account owner" in asked
    assert "You become a billing admin." in asked
    assert "You cannot undo this" in asked

    response = client.post(address(to, "transfer"), PASSWORD, follow=True)

    assert "is now the account owner." in main_of(response)
    assert now(to)[1] == Role.OWNER
    assert now(acme_owner)[1] == Role.BILLING_ADMIN


def test_the_owner_is_told_which_tokens_lose_the_owners_rights(
    acme_owner: Membership, acme_admin: Membership, client_for: ClientFor
) -> None:
    """D13"""
    moves.issue(acme_owner, Scope.READ_TEAM, name="Reports")
    client = client_for(acme_owner)
    assert "API token" not in main_of(client.get(address(acme_admin, "transfer")))
    moves.issue(acme_owner, Scope.MANAGE_TEAM, name="Directory")
    told = "Your API token Directory still works, but can no longer change billing admins."
    assert told in main_of(client.get(address(acme_admin, "transfer")))


@pytest.mark.parametrize("who", ["acme_billing", "acme_admin", "acme_agent"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_owner_hands_the_ownership_on(
    acme_owner: Membership,
    acme_billing: Membership,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    who: str,
    method: str,
) -> None:
    """D7"""
    client = client_for(request.getfixturevalue(who))

    assert getattr(client, method)(address(acme_billing, "transfer")).status_code == 403
    assert now(acme_owner)[1] == Role.OWNER


def test_the_ownership_goes_to_no_agent(
    acme_owner: Membership, acme_agent: Membership, password: None, client_for: ClientFor
) -> None:
    """D7"""
    client = client_for(acme_owner)
    page = client.get(f"/a/acme/team/{acme_agent.pk}/")
    assert "transfer ownership to" not in main_of(page)

    response = client.post(address(acme_agent, "transfer"), PASSWORD)

    assert response.status_code == 422
    assert "Ownership can only be transferred to an active admin or billing admin." in main_of(
        response
    )
    assert now(acme_owner)[1] == Role.OWNER


def test_the_owners_own_page_names_who_could_be_owner(
    acme_owner: Membership, acme_admin: Membership, acme_agent: Membership, client_for: ClientFor
) -> None:
    """D7"""
    html = client_for(acme_owner).get(f"/a/acme/team/{acme_owner.pk}/").content.decode()

    assert f'href="{address(acme_admin, "transfer")}"' in html
    assert f'href="{address(acme_agent, "transfer")}"' not in html
