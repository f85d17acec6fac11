"""Guessing passwords: counted by person and address, however either is spelled."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.core.context import request_context
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from accounts.models import Membership, User
from accounts.sign_in.guessing import Guess
from accounts.sign_in.session import confirm_password
from core.emails import normalize_email
from core.errors import status_of
from seatadmin.storage import with_room
from tests.kept import kept
from tests.refusals import refused
from tests.subscriptions.views.pages import text

PASSWORD = "correct horse battery"
TOO_MANY = "Too many failed login attempts"


@pytest.fixture(autouse=True)
def nobody_guessed_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@kept
def owner(acme_owner: Membership) -> User:
    acme_owner.user.set_password(PASSWORD)
    acme_owner.user.save()
    return acme_owner.user


def sign_in(email: str, password: str, address: str = "203.0.113.1") -> Any:
    entry = {"login": email, "password": password}
    return Client(REMOTE_ADDR=address).post("/auth/login/", entry)


def guess(email: str, times: int, address: str = "203.0.113.1") -> str:
    """What the last of so many wrong passwords is told."""
    return [text(sign_in(email, f"guess {number}", address)) for number in range(times)][-1]


SPELLINGS = [
    "owner@acme.example", "OWNER@acme.example", "owner@ａcme.example", "owner@ac\u00adme.example",
    "owner@acme\u200b.example", "owner@\u2060acme.example",
]  # fmt: skip


def test_a_person_is_one_person_however_they_are_spelled(owner: User) -> None:
    told = [guess(spelling, 1) for spelling in SPELLINGS]
    assert [TOO_MANY in sentence for sentence in told] == [False] * 5 + [True]


@pytest.mark.parametrize("where", ["name", "domain"])
@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\ufe0f", "\u180b"])
def test_what_cannot_be_seen_makes_no_other_address(unseen: str, where: str) -> None:
    typed = f"ow{unseen}ner@acme.example" if where == "name" else f"owner@ac{unseen}me.example"
    assert normalize_email(typed) == "owner@acme.example"


def test_a_stranger_who_guesses_locks_out_nobody_else(owner: User) -> None:
    assert TOO_MANY in guess(owner.email, 6)
    assert TOO_MANY in text(sign_in(owner.email, PASSWORD))
    assert sign_in(owner.email, PASSWORD, "198.51.100.7").status_code == 302


def test_guesses_from_many_addresses_stop_too(owner: User) -> None:
    told = [guess(owner.email, 4, f"203.0.113.{number}") for number in range(30)]
    assert TOO_MANY not in told[24]
    assert all(TOO_MANY in sentence for sentence in told[25:])


def test_but_not_where_the_person_signed_in_before(owner: User) -> None:
    """Nor does a new password by mail leave anybody waiting."""
    assert sign_in(owner.email, PASSWORD, "198.51.100.7").status_code == 302
    for number in range(30):
        guess(owner.email, 4, f"203.0.113.{number}")
    assert TOO_MANY in text(sign_in(owner.email, PASSWORD, "198.51.100.8"))
    assert sign_in(owner.email, PASSWORD, "198.51.100.7").status_code == 302


def test_whoever_knows_the_password_did_not_guess(owner: User) -> None:
    for _ in range(12):
        assert sign_in(owner.email, PASSWORD).status_code == 302


def test_one_address_guesses_ten_times_a_minute_whomever_it_tries(owner: User) -> None:
    told = [guess(f"person{number}@acme.example", 1) for number in range(11)]
    assert [TOO_MANY in sentence for sentence in told] == [False] * 10 + [True]


def test_a_new_password_by_mail_ends_the_waiting(owner: User, mailoutbox: list[Any]) -> None:
    guess(owner.email, 6)
    browser = Client(REMOTE_ADDR="203.0.113.1")
    browser.post("/auth/password/reset/", {"email": owner.email})
    body = str(mailoutbox[-1].body)
    link = next(line for line in body.splitlines() if "/password/reset/key/" in line)
    form = browser.get(link, follow=True)
    new = {"password1": "a new long sentence", "password2": "a new long sentence"}
    browser.post(form.request["PATH_INFO"], new)
    assert sign_in(owner.email, "a new long sentence").status_code == 302


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "db.DatabaseCache"])
def test_many_other_guesses_flush_no_count(kind: str, owner: User, settings: Any) -> None:
    """A cache of Django's own size, 300, would forget them."""
    where = {"BACKEND": f"django.core.cache.backends.{kind}", "LOCATION": "guesses"}
    settings.CACHES = {"default": with_room(where)}
    if kind.startswith("db."):
        call_command("createcachetable", verbosity=0)
    guess(owner.email, 5)
    for number in range(700):
        cache.set(f"allauth:rl:other:{number}", [1.0], 300)
    assert TOO_MANY in guess(owner.email, 1)


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/password_change/"])
def test_staff_have_no_second_form_where_nobody_counts(
    path: str, root: User, client_for: Any
) -> None:
    entry = {"username": root.email, "password": PASSWORD, "old_password": PASSWORD}
    for method in ("get", "post"):
        answer = getattr(client_for(root), method)(path, entry)
        assert answer.status_code == 302
        assert not answer.url.startswith("/admin/login/")


def test_the_key_of_an_address_is_the_network_behind_it(owner: User, rf: Any) -> None:
    """Of IPv6 addresses a stranger has 2⁶⁴, so their common part counts."""
    first = rf.post("/", REMOTE_ADDR="2001:db8::1")
    second = rf.post("/", REMOTE_ADDR="2001:db8::2")
    assert Guess(first, owner.email).from_there == Guess(second, owner.email).from_there


def test_a_password_asked_for_once_more_counts_like_one_at_sign_in(owner: User, rf: Any) -> None:
    request = rf.post("/", REMOTE_ADDR="203.0.113.1")
    request.user = owner
    with request_context(request):
        confirm_password(request, PASSWORD)
        for number in range(5):
            with refused("incorrect_password"):
                confirm_password(request, f"guess {number}")
        with pytest.raises(ValidationError) as refusal:
            confirm_password(request, PASSWORD)
    assert TOO_MANY in text(sign_in(owner.email, PASSWORD))
    assert status_of(refusal.value) == 429
