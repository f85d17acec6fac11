"""The language of the pages: the person's, else the browser's (D11)."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from tests.conftest import ClientFor

PREFERENCES = "/preferences/"
GERMAN = {"accept-language": "de"}


def language_of(client: Client, **headers: str) -> str:
    return client.get(reverse("account_login"), headers=headers)["Content-Language"]


def test_a_persons_language_is_kept_with_them(
    acme_admin: Membership, client_for: ClientFor
) -> None:
    """D11"""
    client_for(acme_admin).post(PREFERENCES, {"language": "de", "next": "/a/acme/"})

    assert User.objects.get(pk=acme_admin.user_id).language == "de"
    page = client_for(acme_admin).get("/a/acme/", headers={"accept-language": "en"})
    assert page["Content-Language"] == "de"


def test_before_sign_in_the_choice_beats_the_browser(client: Client, db: None) -> None:
    """D11"""
    assert language_of(client, **GERMAN) == "de"

    client.post(PREFERENCES, {"language": "en"})

    assert language_of(client, **GERMAN) == "en"


def test_as_in_the_browser_forgets_the_choice(
    acme_admin: Membership, client_for: ClientFor
) -> None:
    """D11"""
    client = client_for(acme_admin)
    client.post(PREFERENCES, {"language": "en"})
    client.post(PREFERENCES, {"language": ""})

    assert client.get("/a/acme/", headers=GERMAN)["Content-Language"] == "de"
    assert User.objects.get(pk=acme_admin.user_id).language == ""


def test_a_language_there_is_not_is_refused(acme_admin: Membership, client_for: ClientFor) -> None:
    response = client_for(acme_admin).post(PREFERENCES, {"language": "xx"})

    assert response.status_code == 400
    assert User.objects.get(pk=acme_admin.user_id).language == ""


def test_the_cookie_is_not_for_scripts(client: Client, db: None) -> None:
    client.post(PREFERENCES, {"language": "de"})

    assert client.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", r"\\evil.example", "javascript:alert(1)", "",
     "http:///evil.example", "https:evil.example"],
)  # fmt: skip
def test_next_leads_to_no_other_site(client: Client, db: None, elsewhere: str) -> None:
    response = client.post(PREFERENCES, {"language": "de", "next": elsewhere})

    assert response["Location"] == "/"


def test_next_leads_back_to_the_page(client: Client, db: None) -> None:
    response = client.post(PREFERENCES, {"language": "de", "next": "/a/acme/team/?q=x"})

    assert response["Location"] == "/a/acme/team/?q=x"


@pytest.mark.parametrize("page", ["account_login", "account_logout"])
def test_sign_in_and_sign_out_lead_to_no_other_site(
    acme_admin: Membership, client_for: ClientFor, client: Client, page: str
) -> None:
    User.objects.filter(pk=acme_admin.user_id).update(password="")
    acme_admin.user.set_password("correct horse")
    acme_admin.user.save()
    visitor = client_for(acme_admin) if page == "account_logout" else client
    sent = {
        "login": acme_admin.user.email,
        "password": "correct horse",
        "next": "https://evil.example/",
    }

    response = visitor.post(reverse(page), sent)

    assert response.status_code == 302
    assert "evil" not in response["Location"]
