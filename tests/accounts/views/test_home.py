"""The start page: from wherever a person comes, it leads on."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.actions import suspend
from accounts.models import Account, Membership, Status, User
from accounts.permissions import Role
from tests import cast
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.factories import UserFactory
from tests.kept import kept

HOME = "/"


def test_a_stranger_is_asked_to_sign_in(client: Client, db: None) -> None:
    response = client.get(HOME)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_the_only_account_opens_at_once(acme_agent: Membership, client_for: ClientFor) -> None:
    response = client_for(acme_agent).get(HOME)

    assert response["Location"] == reverse("access", args=["acme"])


def test_a_person_in_two_accounts_chooses(
    acme_admin: Membership, globex: Account, client_for: ClientFor
) -> None:
    second = cast.member(globex, "consultant", Role.BILLING_ADMIN)
    Membership.objects.filter(pk=second.pk).update(user=acme_admin.user)

    response = client_for(acme_admin).get(HOME)

    assert "Acme Admin" in main_of(response)
    assert "Globex Billing admin" in main_of(response)


def test_staff_without_an_account_go_to_the_admin(rep: User, client_for: ClientFor) -> None:
    assert client_for(rep).get(HOME)["Location"] == reverse("admin:index")


def test_who_belongs_nowhere_is_told_what_to_do(client_for: ClientFor, db: None) -> None:
    nobody = UserFactory.create(email="nobody@people.example")

    page = main_of(client_for(nobody).get(HOME))

    assert "You are not a member of any account" in page
    assert "nobody@people.example" in page
    assert "Sign out" in page


def test_a_suspended_person_is_told_who_can_help(
    acme_agent: Membership, acme_owner: Membership, client_for: ClientFor, at: datetime
) -> None:
    suspend(membership=acme_agent, by=acme_owner, at=at)

    page = main_of(client_for(acme_agent).get(HOME))

    assert "Your access to Acme is suspended." in page
    assert "The account owner or an admin" in page


@kept
def invitation(acme_admin: Membership, globex: Account, at: datetime) -> Membership:
    """Acme's admin is invited to globex, too."""
    invited = cast.member(globex, "second", Role.ADMIN, at=at, active=False)
    Membership.objects.filter(pk=invited.pk).update(user=acme_admin.user)
    return Membership.objects.get(pk=invited.pk)


def test_an_invitation_of_ones_own_is_accepted_with_a_button(
    invitation: Membership, acme_admin: Membership, client_for: ClientFor
) -> None:
    client = client_for(acme_admin)
    assert "Invitation to Globex" in main_of(client.get(HOME))

    response = client.post(reverse("join", args=[invitation.pk]))

    assert response["Location"] == reverse("access", args=["globex"])
    invitation.refresh_from_db()
    assert invitation.status == Status.ACTIVE


def test_the_button_pressed_twice_complains_of_nothing(
    invitation: Membership, acme_admin: Membership, client_for: ClientFor
) -> None:
    client = client_for(acme_admin)
    join = reverse("join", args=[invitation.pk])
    client.post(join)

    assert client.post(join)["Location"] == reverse("access", args=["globex"])


def test_an_invitation_that_is_too_old_is_not_offered_and_not_accepted(
    invitation: Membership, acme_admin: Membership, client_for: ClientFor, clock: Any
) -> None:
    clock.move_to(cast.NOW + timedelta(days=15))
    client = client_for(acme_admin)

    assert client.get(HOME)["Location"] == reverse("access", args=["acme"])
    response = client.post(reverse("join", args=[invitation.pk]), follow=True)

    assert "This invitation has expired." in main_of(response)
    invitation.refresh_from_db()
    assert invitation.is_invited


def test_nobody_accepts_for_another(
    invitation: Membership, stranger: Membership, client_for: ClientFor
) -> None:
    response = client_for(stranger).post(reverse("join", args=[invitation.pk]))

    assert response.status_code == 404
    invitation.refresh_from_db()
    assert invitation.is_invited


def test_looking_at_the_button_s_address_accepts_nothing(
    invitation: Membership, acme_admin: Membership, client_for: ClientFor
) -> None:
    assert client_for(acme_admin).get(reverse("join", args=[invitation.pk])).status_code == 405
