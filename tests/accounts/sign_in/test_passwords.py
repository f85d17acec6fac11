"""New passwords: the mails about them, who learns what from asking, and the sessions after."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from core.models import OutboxEntry
from tests.conftest import ClientFor
from tests.kept import kept
from tests.mail_server import REFUSES, mail_server
from tests.subscriptions.views.pages import text

OLD, NEW = "correct horse battery", "another long sentence"
BOTH = KNOWN, UNKNOWN = "owner@acme.example", "nobody@acme.example"


@kept
def owner(acme_owner: Membership) -> User:
    acme_owner.user.set_password(OLD)
    acme_owner.user.save()
    return acme_owner.user


def ask(email: str, host: str = "testserver") -> Any:
    return Client(HTTP_HOST=host).post("/auth/password/reset/", {"email": email})


def test_nobody_takes_the_link_away_from_anybody(
    owner: User, mailoutbox: list[Any], clock: Any
) -> None:
    """A stranger who asks all day sends one email in five minutes; the answer stays the same."""
    for _ in range(10):
        Client(REMOTE_ADDR="203.0.113.9").post("/auth/password/reset/", {"email": KNOWN})
    assert ask(KNOWN).status_code == 302
    assert len(mailoutbox) == 1
    clock.shift(301)
    assert ask(KNOWN).status_code == 302
    assert len(mailoutbox) == 2


def change(client: Client, old: str = OLD) -> Any:
    entry = {"oldpassword": old, "password1": NEW, "password2": NEW}
    return client.post("/auth/password/change/", entry, follow=True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8443", "localhost"])
def test_a_link_to_a_new_password_leads_to_this_site_whatever_host_said(
    host: str, owner: User, mailoutbox: list[Any], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = "https://seats.example"
    ask(owner.email, host)
    parts = [str(mailoutbox[0].body), str(mailoutbox[0].alternatives[0][0])]
    for part in parts:
        links = re.findall(r"https?://[^\s\"<]+", part)
        assert any("/password/reset/key/" in link for link in links)
        assert all(link.startswith("https://seats.example") for link in links), links


def test_known_and_unknown_addresses_cost_the_same_work(owner: User, mailoutbox: list[Any]) -> None:
    cost, told = [], []
    for address in (KNOWN, UNKNOWN):
        with CaptureQueriesContext(connection) as queries:
            answer = ask(address)
        cost.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])
        told.append((answer.status_code, answer.headers["Location"]))
    assert cost[0] == cost[1]
    assert told[0] == told[1]
    assert [mail.to for mail in mailoutbox] == [[KNOWN], [UNKNOWN]]
    assert [len(mail.alternatives) for mail in mailoutbox] == [1, 1]


def test_nor_does_a_mail_server_tell_them_apart(owner: User, settings: Any) -> None:
    """Nobody asks it while the page answers: what it says of an address comes later (D17)."""
    settings.OUTBOX = "worker"
    with mail_server(settings, REFUSES) as server:
        told = [(answer.status_code, answer.headers["Location"]) for answer in map(ask, BOTH)]
        assert server.connections == 0
    assert told[0] == told[1] == (302, "/auth/password/reset/done/")
    receivers = OutboxEntry.objects.filter(channel="mail").values_list("receiver", flat=True)
    assert {*BOTH} <= {*receivers}


def test_who_changes_their_password_stays_signed_in_here_and_nowhere_else(
    owner: User, client_for: ClientFor
) -> None:
    here, there = client_for(owner), client_for(owner)
    page = change(here)
    assert page.redirect_chain[-1] == ("/a/acme/", 302)
    assert "You have been signed out everywhere else." in text(page)
    assert here.get("/a/acme/").status_code == 200
    assert there.get("/a/acme/").status_code == 302


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_changed_password_is_told_by_mail(
    language: str, owner: User, client_for: ClientFor, mailoutbox: list[Any]
) -> None:
    User.objects.filter(pk=owner.pk).update(language=language)
    change(client_for(owner), "not it")
    assert mailoutbox == []
    change(client_for(owner))
    [mail] = mailoutbox
    assert mail.to == [owner.email]
    subjects = {"en": "Your password was changed", "de": "Ihr Passwort wurde geändert"}
    assert mail.subject == subjects[language]
    assert "http://testserver/auth/password/reset/" in mail.body
    assert "support@vendor.example" in mail.alternatives[0][0]


def test_a_password_set_with_the_link_is_told_too(owner: User, mailoutbox: list[Any]) -> None:
    ask(owner.email)
    link = re.search(r"http://testserver(/auth/password/reset/key/\S+)", mailoutbox[0].body)
    assert link
    browser = Client()
    form = browser.get(link[1], follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert User.objects.get(pk=owner.pk).check_password(NEW)
    assert [mail.subject for mail in mailoutbox[1:]] == ["Your password was changed"]


# What staff change in the admin


def test_a_password_that_staff_set_is_told(
    owner: User, root: User, client_for: ClientFor, mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    page = f"/admin/accounts/user/{owner.pk}/password/"
    entry = {"usable_password": "true", "password1": NEW, "password2": NEW}
    with django_capture_on_commit_callbacks(execute=True):
        client_for(root).post(page, {**entry, "password2": "something else"})
    assert mailoutbox == []
    with django_capture_on_commit_callbacks(execute=True):
        assert client_for(root).post(page, entry).status_code == 302
    [mail] = mailoutbox
    assert mail.to == [owner.email]
    assert "Vendor Root from our team changed your password" in mail.body


def test_an_address_that_staff_change_is_told_at_both(
    owner: User, root: User, client_for: ClientFor, mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    page = f"/admin/accounts/user/{owner.pk}/change/"
    entry = {"email": "Boss@acme.example", "name": owner.name, "is_active": "on", "language": ""}
    with django_capture_on_commit_callbacks(execute=True):
        assert client_for(root).post(page, entry).status_code == 302
        assert client_for(root).post(page, {**entry, "name": "Other Name"}).status_code == 302
    assert [mail.to for mail in mailoutbox] == [["owner@acme.example"], ["boss@acme.example"]]
    for mail in mailoutbox:
        assert "from owner@acme.example to boss@acme.example" in mail.body


def test_signing_in_and_new_passwords_leave_no_second_address(
    owner: User, client_for: ClientFor, mailoutbox: list[Any]
) -> None:
    """A row of allauth's own would let the old address in after staff changed it."""
    ask(owner.email)
    change(client_for(owner))
    assert Client().post("/auth/login/", {"login": owner.email, "password": NEW}).status_code == 302
    assert not EmailAddress.objects.exists()


def test_guessing_at_the_change_of_a_password_counts_as_at_sign_in(
    owner: User, client_for: ClientFor
) -> None:
    client = client_for(owner)
    for number in range(5):
        assert "Incorrect password" in text(change(client, f"guess {number}"))
    answer = Client().post("/auth/login/", {"login": KNOWN, "password": OLD})
    assert "Too many failed login attempts" in text(answer)
