"""The link in an invitation: once, in time, and only for the person it is meant for."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from accounts.actions import invite, resend_invitation, withdraw_invitation
from accounts.models import Account, Membership, Status, User
from accounts.permissions import Role
from tests import cast
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
TYPED = {"name": "Nora New", "password1": PASSWORD, "password2": PASSWORD}

Committed = Callable[..., AbstractContextManager[Any]]
Outbox = list[EmailMultiAlternatives]


def link_in(mail: EmailMultiAlternatives) -> str:
    found = re.search(r"/auth/invitation/\S+/", str(mail.body))
    assert found
    return found.group()


@pytest.fixture
def invited(
    acme: Account,
    acme_owner: Membership,
    at: datetime,
    django_capture_on_commit_callbacks: Committed,
) -> Membership:
    """nora@acme.example, new to everything, invited as an admin."""
    with django_capture_on_commit_callbacks(execute=True):
        return invite(
            account=acme, email="nora@acme.example", name="Nora", role=Role.ADMIN,
            by=acme_owner, at=at,
        )  # fmt: skip


@pytest.fixture
def link(invited: Membership, mailoutbox: Outbox, clock: Any) -> str:
    return link_in(mailoutbox[-1])


def status(member: Membership) -> str:
    return Membership.objects.get(pk=member.pk).status


def test_the_mail_says_who_invites_to_what_and_that_the_link_works_once(
    link: str, mailoutbox: Outbox
) -> None:
    [mail] = mailoutbox

    assert mail.to == ["nora@acme.example"]
    assert mail.subject == "Invitation to Acme"
    assert "has invited you to Acme. Your role: Admin." in str(mail.body)
    assert "works once and expires after 14 days" in str(mail.body)
    assert link in str(mail.alternatives[0])


def test_a_new_person_sets_name_and_password_and_is_in(
    link: str, invited: Membership, client: Client
) -> None:
    assert client.get(link).status_code == 200

    response = client.post(link, TYPED)

    assert response["Location"] == reverse("access", args=["acme"])
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert "Nora New" in main_of(page)
    user = User.objects.get(pk=invited.user_id)
    assert user.check_password(PASSWORD)
    assert user.name == "Nora New"
    assert status(invited) == Status.ACTIVE


def test_the_new_password_works_on_the_sign_in_page(link: str, client: Client) -> None:
    client.post(link, TYPED)

    later = Client()
    later.post(reverse("account_login"), {"login": "nora@acme.example", "password": PASSWORD})

    assert later.get(reverse("access", args=["acme"])).status_code == 200


def test_the_session_key_rotates(link: str, client: Client) -> None:
    session = client.session
    session["before"] = "sign-in"
    session.save()
    planted = session.session_key or ""

    client.post(link, TYPED)

    assert client.session.session_key != planted
    assert not client.session.exists(planted)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password1": "12345678", "password2": "12345678"}, "entirely numeric"),
        ({"password1": "acme.example", "password2": "acme.example"}, "too similar"),
        ({"password1": "nora new1", "password2": "nora new1"}, "too similar"),
        ({"password1": "abc", "password2": "abc"}, "too short"),
        ({"password2": "something else"}, "didn’t match"),
        ({"name": ""}, "This field is required"),
        ({"name": "nul\x00"}, "Null characters"),
    ],
)
def test_a_bad_password_or_no_name_is_refused_and_changes_nothing(
    link: str, invited: Membership, client: Client, typed: dict[str, str], sentence: str
) -> None:
    response = client.post(link, {**TYPED, **typed})

    assert response.status_code == 422
    assert sentence in main_of(response)
    assert status(invited) == Status.INVITED
    assert not User.objects.get(pk=invited.user_id).has_usable_password()


def test_looking_accepts_nothing(link: str, invited: Membership, client: Client) -> None:
    """Programs that read mail open its links."""
    client.get(link)
    client.head(link)

    assert status(invited) == Status.INVITED


def test_a_link_works_once(link: str, client: Client) -> None:
    client.post(link, TYPED)

    again = Client().post(
        link, {**TYPED, "password1": "another one 1", "password2": "another one 1"}
    )

    assert again.status_code == 410
    assert "no longer valid" in main_of(again)
    assert "ask the person who invited you" in main_of(again)
    assert User.objects.get(email="nora@acme.example").check_password(PASSWORD)


def test_a_link_expires(link: str, invited: Membership, client: Client, clock: Any) -> None:
    clock.move_to(cast.NOW + timedelta(days=13, hours=23))
    assert client.get(link).status_code == 200

    clock.move_to(cast.NOW + timedelta(days=14))

    assert client.get(link).status_code == 410
    assert client.post(link, TYPED).status_code == 410
    assert status(invited) == Status.INVITED


@pytest.mark.parametrize("other", ["x", "", "ü%00", "é" * 300])
def test_an_altered_link_leads_nowhere(link: str, client: Client, other: str) -> None:
    altered = link[:-1] + other + "/" if other else link[:-2] + "/"

    assert client.get(altered).status_code == 410
    assert client.post(altered, TYPED).status_code == 410


def test_a_withdrawn_invitation_is_gone(
    link: str, invited: Membership, acme_owner: Membership, client: Client, at: datetime
) -> None:
    withdraw_invitation(membership=invited, by=acme_owner, at=at)

    assert client.get(link).status_code == 410


def test_a_newer_link_replaces_the_older(
    link: str,
    invited: Membership,
    acme_owner: Membership,
    mailoutbox: Outbox,
    client: Client,
    at: datetime,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        resend_invitation(membership=invited, by=acme_owner, at=at)

    assert client.get(link).status_code == 410
    assert client.get(link_in(mailoutbox[-1])).status_code == 200


def test_the_address_reaches_no_other_site_and_no_cache(link: str, client: Client) -> None:
    response = client.get(link)

    # "no-referrer" would make the browser hide the form's Origin, too.
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]


def test_the_form_stands_the_check_against_forgery(link: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get(link)
    token = browser.cookies["csrftoken"].value

    assert browser.post(link, TYPED).status_code == 403
    sent = {**TYPED, "csrfmiddlewaretoken": token}
    response = browser.post(link, sent, headers={"origin": "http://testserver"})

    assert response.status_code == 302


# Someone who has a password already


@pytest.fixture
def known(
    acme: Account,
    acme_owner: Membership,
    at: datetime,
    django_capture_on_commit_callbacks: Committed,
) -> Membership:
    """kim@partner.example, who works elsewhere with a password, invited to acme."""
    user = UserFactory.create(email="kim@partner.example", password=PASSWORD)
    with django_capture_on_commit_callbacks(execute=True):
        return invite(
            account=acme, email=user.email, name="Kim", role=Role.ADMIN, by=acme_owner, at=at
        )


@pytest.fixture
def known_link(known: Membership, mailoutbox: Outbox, clock: Any) -> str:
    return link_in(mailoutbox[-1])


def test_who_has_a_password_signs_in_first_and_comes_back(
    known_link: str, known: Membership, client: Client
) -> None:
    page = client.get(known_link)
    assert "who already has a password" in main_of(page)
    found = re.search(r'href="(/auth/login/\?next=[^"]+)"', page.content.decode())
    assert found

    credentials = {"login": known.user.email, "password": PASSWORD}
    response = client.post(found.group(1), credentials, follow=True)
    assert response.request["PATH_INFO"] == known_link
    assert status(known) == Status.INVITED

    assert client.post(known_link)["Location"] == reverse("access", args=["acme"])
    assert status(known) == Status.ACTIVE


def test_the_link_sets_no_second_password(
    known_link: str, known: Membership, client: Client
) -> None:
    """Who reads someone's mail does not get into their other accounts."""
    other = "another good one"
    client.post(known_link, {"name": "Eve", "password1": other, "password2": other})

    assert status(known) == Status.INVITED
    assert User.objects.get(pk=known.user_id).check_password(PASSWORD)


def test_signed_in_as_someone_else_says_who_and_offers_to_sign_out(
    known_link: str, known: Membership, stranger: Membership, client_for: ClientFor
) -> None:
    client = client_for(stranger)
    page = client.get(known_link)

    assert "You are signed in as owner@hooli.example" in main_of(page)
    assert "is for kim@partner.example" in main_of(page)
    assert client.post(known_link).status_code == 200
    assert status(known) == Status.INVITED

    response = client.post(reverse("account_logout"), {"next": known_link})
    assert response["Location"] == known_link


def test_a_link_used_while_signed_in_as_someone_else_gives_them_nothing(
    link: str, invited: Membership, stranger: Membership, client_for: ClientFor
) -> None:
    client = client_for(stranger)
    client.post(link, TYPED)

    assert status(invited) == Status.INVITED
    assert client.get(reverse("access", args=["acme"])).status_code == 404
