"""Being someone of the demo with one click; elsewhere there is no such page."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User
from seatadmin.demo.people import ROOT
from tests.factories import UserFactory

ADDRESS = "/demo/sign-in/"
OLIVIA = "owner@acme.example"


@pytest.fixture
def olivia(db: None, settings: Any) -> User:
    settings.DEBUG = True
    for email in (ROOT[0], OLIVIA, "billing@customer.example"):
        UserFactory.create(email=email)
    User.objects.update(password=make_password("demo"))
    return User.objects.get(email=OLIVIA)


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def test_a_click_signs_in_who_is_listed_and_leads_on(olivia: User) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/auth/login/?next=/a/acme/team/")
    assert f'action="{ADDRESS}"' in page.text
    assert f'<button class="demo__person" type="submit" name="email" value="{OLIVIA}">' in page.text
    token = page.context["csrf_token"]
    sent = {"email": OLIVIA, "next": "/a/acme/team/", "csrfmiddlewaretoken": str(token)}
    assert client.post(ADDRESS, {"email": OLIVIA}).status_code == 403
    done = client.post(ADDRESS, sent)
    assert (done.status_code, done["Location"]) == (302, "/a/acme/team/")
    assert signed_in(client) == olivia


def test_a_foreign_address_is_not_followed(olivia: User) -> None:
    done = Client().post(ADDRESS, {"email": OLIVIA, "next": "https://evil.example/"})
    assert done["Location"] == "/"


@pytest.mark.parametrize("email", ["billing@customer.example", "nobody@acme.example", ""])
def test_who_is_not_listed_signs_in_with_their_password(email: str, olivia: User) -> None:
    client = Client()
    assert client.post(ADDRESS, {"email": email}).status_code == 404
    assert signed_in(client) is None


def test_who_changed_their_password_is_not_signed_in(olivia: User) -> None:
    olivia.set_password("another one")
    olivia.save()
    client = Client()
    answer = client.post(ADDRESS, {"email": OLIVIA}, follow=True)
    assert "owner@acme.example now has a different password." in answer.text
    assert signed_in(client) is None


def test_without_debug_it_refuses(olivia: User, settings: Any) -> None:
    settings.DEBUG = False
    client = Client()
    assert client.post(ADDRESS, {"email": OLIVIA}).status_code == 404
    assert client.get(ADDRESS).status_code == 404
    assert signed_in(client) is None
    assert "demo__person" not in client.get("/auth/login/").text
