"""Every page and mail, as people with German browsers and German preferences get them (D11)."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache

from accounts.models import User
from accounts.permissions import Role
from events.actions.endpoints import switch_off_failed
from events.models import EndpointStatus
from subscriptions.actions import (
    decline_change,
    decline_request,
    renew,
    withdraw_change,
    withdraw_request,
)
from subscriptions.models import SeatRequest
from subscriptions.rules.change_requests import Terms, change_of
from subscriptions.rules.quotes import Timing
from team.actions import add_member
from tests import cast, changes, moves
from tests.access.addresses import addresses, url
from tests.world import World
from tools import messages as tool

pytestmark = pytest.mark.any_database

GERMAN = {"accept-language": "de-DE,de;q=0.9,en;q=0.5"}
# Words no German sentence has, and no name in the cast.
ENGLISH = re.compile(
    r"\b(the|and|of|for|to|is|are|were|your|you|by|with|this|that|from|has|have|it|its|when|"
    r"who|there|or|every|each|only|seats?|please|must|cannot|may|at|as|be|been|no|yes)\b",
    re.IGNORECASE,
)
READ_ALOUD = ("alt", "aria-label", "data-label", "label", "placeholder", "title")
UNSEEN = ("style", "script", "code")
# The names of a language, of a product, and of a picture of Django admin's.
SAME_EVERYWHERE = {"", "English", "Support", "Search"}
# Texts that are something else in German, and are the German of nothing else.
GERMAN_TEXTS = {form for m in tool.read("de") for form in tool.forms(m.string)}
LEFT_IN_ENGLISH = {tool.forms(m.id)[0] for m in tool.read("de")} - GERMAN_TEXTS - SAME_EVERYWHERE
# For developers; would sign out; rights nobody edits, which Django stores in English.
NOT_LOOKED_AT = ("styleguide/", "auth/logout/", "admin/logout/", "admin/auth/")
# A reason, and the name of a group as it is stored.
WHAT_SOMEONE_WROTE = ("Two people start next week.", "Sales (read only)")


class Reader(HTMLParser):
    """Collects what a person reads or hears on a page, each piece by itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.hidden = 0
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.hidden += tag in UNSEEN
        if tag == "html":
            self.language = values.get("lang") or ""
        self.texts += [values[name] or "" for name in READ_ALOUD if name in values]
        if tag == "input" and values.get("type") == "submit":
            self.texts.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def english_in(texts: list[str]) -> list[str]:
    """What a German would stumble over."""
    pieces = {" ".join(text.split()) for text in texts} - set(WHAT_SOMEONE_WROTE)
    return sorted(p for p in pieces if p in LEFT_IN_ENGLISH or ENGLISH.search(without_data(p)))


def without_data(text: str) -> str:
    """Addresses and paths are the same in every language."""
    return re.sub(r"\S+@\S+|https?://\S+|/\S+/|\{.*\}", "", text)


def read(answer: Any) -> list[str]:
    reader = Reader()
    reader.feed(answer.content.decode())
    assert reader.language.startswith("de"), answer.request["PATH_INFO"]
    return english_in(reader.texts)


def is_page(answer: Any) -> bool:
    # A form that may only be sent, and a way somewhere else, have nothing to read.
    return "html" in answer.headers.get("Content-Type", "") and bool(answer.content)


@pytest.fixture(autouse=True)
def nobody_guessed_yet() -> None:
    cache.clear()


def pages(world: World, who: str, kind: str, method: str) -> dict[str, list[str]]:
    """The English left on every page that opens to somebody, by address."""
    client, found = world.client(who, kind), {}
    for address in addresses():
        if address.startswith(NOT_LOOKED_AT) or (
            address.startswith("admin/") and who not in ("root", "rep")
        ):
            continue
        answer = getattr(client, method)(url(address, world.homes[kind]), headers=GERMAN)
        if is_page(answer):
            found[address] = read(answer)
    return found


SEEN_BY = [
    ("anonymous", "self"), ("owner", "self"), ("admin", "self"), ("agent", "self"),
    ("enduser", "self"), ("suspended", "self"), ("billing", "online"), ("admin", "online"),
    ("owner", "sales"), ("agent", "sales"), ("rep", "sales"), ("root", "sales"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "kind"), SEEN_BY)
def test_every_page_is_german(world: World, who: str, kind: str) -> None:
    found = pages(world, who, kind, "get")
    assert len(found) > 10
    assert {address: english for address, english in found.items() if english} == {}


@pytest.mark.parametrize(
    ("who", "kind"), [("owner", "self"), ("admin", "online"), ("root", "sales")]
)
def test_every_refusal_of_an_empty_form_is_german(world: World, who: str, kind: str) -> None:
    found = pages(world, who, kind, "post")
    assert {address: english for address, english in found.items() if english} == {}


@pytest.fixture
def german_world(world: World) -> World:
    User.objects.update(language="de")
    for home in world.homes.values():
        for member in home.people.values():
            member.user.refresh_from_db()
    mail.outbox.clear()
    return world


def english_mails() -> dict[str, list[str]]:
    """The English left in the mails that were sent, by subject."""
    found = {}
    for letter in mail.outbox:
        assert isinstance(letter, mail.EmailMultiAlternatives)
        reader = Reader()
        reader.feed(str(letter.alternatives[0][0]))
        assert reader.language == "de"
        lines = [str(letter.subject), *str(letter.body).split("\n"), *reader.texts]
        found[str(letter.subject)] = english_in(lines)
    return {subject: english for subject, english in found.items() if english}


@pytest.mark.parametrize("kind", ["self", "online", "sales"])
def test_mails_about_requests_are_german(
    german_world: World, kind: str, django_capture_on_commit_callbacks: Any
) -> None:
    """N4: asked, approved, declined, withdrawn."""
    home = german_world.homes[kind]
    decider = german_world.users["rep"] if kind == "sales" else home.people["owner"]
    sent = django_capture_on_commit_callbacks
    # One after the other: what is still to be sent when a request is closed is not sent any more.
    with sent(execute=True):
        moves.approve(home.request, decider)
    with sent(execute=True):
        second = moves.ask(home.pool, 1, home.people["admin"])
    with sent(execute=True):
        decline_request(seat_request=second, note="Nein.", by=decider, at=cast.NOW)
    with sent(execute=True):
        third = moves.ask(home.pool, 3, home.people["agent"])
    with sent(execute=True):
        withdraw_request(seat_request=third, by=home.people["agent"], at=cast.NOW)
    assert len(mail.outbox) >= 8
    assert english_mails() == {}


@pytest.mark.parametrize("kind", ["online", "sales"])
def test_mails_about_change_requests_are_german(
    german_world: World, kind: str, django_capture_on_commit_callbacks: Any
) -> None:
    """R3, N4: asked, declined, approved, withdrawn, done another way; to support in English."""
    home, root = german_world.homes[kind], german_world.users["root"]
    sent, admin = django_capture_on_commit_callbacks, home.people["admin"]
    with sent(execute=True):
        withdraw_change(change_request=home.change, by=admin, at=cast.NOW)
    with sent(execute=True):
        declined = changes.ask(changes.CANCELLATION, admin)
    with sent(execute=True):
        decline_change(change_request=declined, note="Nein.", by=root, at=cast.NOW)
    with sent(execute=True):
        approved = changes.ask(changes.CANCELLATION, admin)
        fewer = changes.ask(changes.fewer(home.pool, 4), admin)
    with sent(execute=True):
        moves.change(home.account.subscription, change_of(fewer, Terms()), by=root)
    with sent(execute=True):
        changes.approve_at_desk(approved, by=root)
    assert len(mail.outbox) >= 12
    assert english_mails() == {}


def test_mails_about_seats_are_german(
    german_world: World, django_capture_on_commit_callbacks: Any
) -> None:
    """R1, D4, N4: invited, the last seat, none left, bought another way, lost at once or later."""
    home = german_world.homes["self"]
    owner = home.people["owner"]
    cast.fill(home.pool, 8)
    User.objects.update(language="de")
    with django_capture_on_commit_callbacks(execute=True):
        for someone in (german_world.users["stranger"], german_world.users["rep"]):
            add_member(
                email=someone.email, name=someone.name, role=Role.AGENT,
                pool_ids=[home.pool.pk], by=owner, at=cast.NOW,
            )  # fmt: skip
        moves.buy({home.pool: 2}, owner)
        moves.set_numbers({home.pool: 8}, owner, timing=Timing.NOW)
        moves.set_numbers({home.pool: 6}, owner)
        renew(subscription=owner.account.subscription, at=cast.NOW + timedelta(days=20))
    assert not SeatRequest.objects.of_account(home.account).open().exists()
    assert len(mail.outbox) >= 12
    assert english_mails() == {}


@pytest.mark.parametrize("status", [EndpointStatus.FAILED, EndpointStatus.GONE])
def test_the_mail_about_a_webhook_switched_off_is_german(
    german_world: World, status: EndpointStatus, django_capture_on_commit_callbacks: Any
) -> None:
    webhook = german_world.homes["self"].webhook
    webhook.note_failure(cast.NOW)
    with django_capture_on_commit_callbacks(execute=True):
        switch_off_failed(endpoint=webhook, status=status, at=cast.NOW)
    [letter] = mail.outbox
    assert letter.subject == "Self: Ein Webhook wurde ausgeschaltet"
    assert english_mails() == {}


def test_the_mail_with_a_new_password_is_german(german_world: World) -> None:
    """By the receiver's preference, or the browser's language for somebody unknown."""
    owner = german_world.homes["self"].people["owner"].user
    someone = german_world.client("anonymous")
    someone.post("/auth/password/reset/", {"email": owner.email})
    someone.post("/auth/password/reset/", {"email": "nobody@else.example"}, headers=GERMAN)
    assert [letter.subject for letter in mail.outbox] == ["Neues Passwort festlegen"] * 2
    texts = [line for letter in mail.outbox for line in str(letter.body).split("\n")]
    assert english_in(texts) == []


def test_the_preference_goes_before_the_browser(world: World) -> None:
    """D11: who prefers English gets English from a German browser, and the other way round."""
    owner = world.homes["self"].people["owner"].user
    address = url("a/<slug:account>/subscription/", world.homes["self"])
    for language, heading in (("en", "Subscription"), ("de", "Abonnement"), ("", "Abonnement")):
        User.objects.filter(pk=owner.pk).update(language=language)
        page = world.client("owner").get(address, headers=GERMAN).content.decode()
        assert f">{heading}</h1>" in " ".join(page.split()).replace("> ", ">").replace(" <", "<")


def test_roles_have_german_names_for_those_they_are_given_to(world: World) -> None:
    page = world.client("owner").get(
        url("a/<slug:account>/team/add/", world.homes["self"]), headers=GERMAN
    )
    for role in (Role.AGENT, Role.ADMIN, Role.BILLING_ADMIN):
        assert {Role.AGENT: "Agent", Role.ADMIN: "Administrator"}.get(
            role, "Abrechnungsadministrator"
        ) in page.content.decode()
