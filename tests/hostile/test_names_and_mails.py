"""Names that are not what they look like, addresses that are the same, mails that carry more."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.actions import invite
from accounts.models import Membership, User
from accounts.permissions import Role
from core.emails import normalize_email
from subscriptions.models import SeatPool
from tests import cast, moves
from tests.hostile.forms import FORMS, stored
from tests.hostile.test_texts import complaint
from tests.world import World

Committed = Callable[..., AbstractContextManager[Any]]

HIDDEN = {
    "turned around": "\u202egro.live\u202c Nora",
    "isolated": "Nora \u2066x\u2069",
    "zero width": "No\u200bra",
    "nothing to see": "\u200b\u2060",
    "filler": "\u3164",
    "blank braille": "\u2800",
    "only accents": "\u0301\u0301",
    "control": "Nora\x1b[31m",
    "byte order": "\ufeffNora",
    "tags": "Nora\U000e0041",
}


@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("form", ["add member", "member"])
def test_a_name_has_nothing_that_cannot_be_seen(form: str, name: str, world: World) -> None:
    before = stored()
    answer = FORMS[form].send(world, name=name)
    assert answer.status_code == 422
    assert complaint(answer)
    assert stored() == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoe\u0308  Müller ", "Zoë Müller"),
        ("Nora\r\nBcc: all@corp", "Nora Bcc: all@corp"),
        ("Nora\u2028Line\u00a0Break", "Nora Line Break"),
        ("محمد\u200cرضا", "محمد\u200cرضا"),
        ("O’Neill-Ångström Ⅷ", "O’Neill-Ångström Ⅷ"),
        ("李小龍", "李小龍"),
    ],
)
def test_a_name_is_one_line_in_one_spelling(typed: str, kept: str, world: World) -> None:
    """The joiners that Persian and Indic names are written with stay."""
    assert FORMS["add member"].send(world, name=typed).status_code == 302
    assert Membership.objects.get(user__email="nora@new.example").name == kept


LINKS = [
    "Win at http://evil.example", "HTTPS://evil.example/x", "www.evil.example", "evil.example/pay",
    "Nora evil.example", "ｗｗｗ.evil.example", "evil。example", "ftp://x", "bit.ly/abc",
    "Evil.COM", "Win at x.com", "t.me now",
]  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("form", ["add member", "member", "add staff"])
def test_a_name_leads_nowhere(form: str, name: str, world: World) -> None:
    """It stands in mails that we send to people of the sender's choice."""
    before = stored()
    answer = FORMS[form].send(world, name=name)
    assert answer.status_code in (200, 422)
    assert "This looks like a web address." in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize(
    "name",
    ["Dr. A. Smith", "St. John", "J.R.R. Tolkien", "J.Smith", "Maria-José O’Neill", "Mr. T",
     "Nora Jr.", "Nora (Sales/Support)", "Anna v. d. Berg", "Nora, M.A.", "李小龍"],
)  # fmt: skip
def test_titles_and_initials_are_names(name: str, world: World) -> None:
    assert FORMS["add member"].send(world, name=name).status_code == 302


@pytest.mark.parametrize(
    ("name", "fine"),
    [("Booking.com", True), ("Wayne & Sons Ltd.", True), ("A/S Nord", True),
     ("www.evil.example", False), ("Evil http://x", False), ("evil.example/pay", False)],
)  # fmt: skip
def test_an_account_may_be_called_after_its_site_but_leads_nowhere(
    name: str, fine: bool, world: World
) -> None:
    opened = FORMS["open account"].send(world, name=name)
    root, account = world.client("root"), world.homes["self"].account
    page = f"/admin/accounts/account/{account.pk}/address/"
    renamed = root.post(page, {"name": name, "slug": account.slug, "reason": "A new name."})
    assert [opened.status_code, renamed.status_code] == ([302, 302] if fine else [422, 422])


SAME = [
    "NORA@New.Example", " nora@new.example ", "nora@ｎｅｗ.example", "nora@new。example",
    "nora@new\u200b.example", "nora@ne\u00adw.example",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SAME)
def test_a_mailbox_is_one_person_however_it_is_spelled(spelling: str, world: World) -> None:
    FORMS["add member"].send(world)
    other = {"email": spelling, "name": "Someone Else", "idempotency_key": "another"}
    again = FORMS["add member"].send(world, **other)
    assert again.status_code == 422
    assert "is already a member of this account" in again.content.decode()
    assert User.objects.filter(email__contains="new").count() == 1


def test_a_domain_has_one_spelling() -> None:
    assert normalize_email("x@bücher.example") == normalize_email("X@XN--BCHER-KVA.example")
    assert normalize_email("x@bu\u0308cher.example") == "x@bücher.example"
    assert normalize_email("no address") == "no address"


UNSENDABLE = [
    "nora@new\u3000.example", "nora@evil＠new.example", "nora@" + "ü" * 63 + ".example",
    "nora@\u202enew.example", "nora@new.example\r\nBcc: x@corp.example", "nora@new.example,x@y.zz",
    "nora\r\n@new.example", '"a b"@new.example\nCc: x', "nora@℀.example",
    "x" * 250 + "@new.example",
]  # fmt: skip


@pytest.mark.parametrize("address", UNSENDABLE)
def test_an_address_that_no_mail_reaches_is_refused(address: str, world: World) -> None:
    before = stored()
    answer = FORMS["add member"].send(world, email=address)
    assert answer.status_code == 422
    assert complaint(answer)
    assert stored() == before


def test_a_mail_that_cannot_be_written_keeps_nobody_from_theirs(
    world: World, mailoutbox: list[Any], django_capture_on_commit_callbacks: Committed
) -> None:
    """Such an address came in before it was refused."""
    home = world.homes["self"]
    unreachable = invite(
        account=home.account, email="x@evil x.example", name="X", role=Role.ADMIN,
        by=home.people["owner"], at=cast.NOW,
    )  # fmt: skip
    User.objects.filter(pk=home.people["billing"].user_id).update(email="bad\nnews@self.example")
    assert unreachable.is_invited
    with django_capture_on_commit_callbacks(execute=True):
        moves.buy({home.pool: 1}, home.people["owner"])
        pool = SeatPool.objects.get(pk=home.pool.pk)
        moves.approve(home.request, home.people["owner"])
        for name in ("a", "b"):
            cast.member(home.account, name, Role.AGENT, pool, at=cast.NOW)
    assert ["admin@self.example"] in [sent.to for sent in mailoutbox]


def test_no_name_and_no_text_becomes_a_header_or_ends_a_subject(
    world: World, mailoutbox: list[EmailMultiAlternatives],
    django_capture_on_commit_callbacks: Committed,
) -> None:  # fmt: skip
    """Names that came in another way than through a form: imported, or from before."""
    evil = "Eve\r\nBcc: all@corp.example\r\n\r\n<b>Pay</b> now"
    home = world.homes["sales"]
    Membership.objects.filter(account=home.account).update(name=evil)
    type(home.account).objects.filter(pk=home.account.pk).update(name=evil)
    SeatPool.objects.filter(pk=home.pool.pk).update(name=evil)
    with django_capture_on_commit_callbacks(execute=True):
        FORMS["sales decline"].send(world, note=evil)
        FORMS["request"].send(world, reason=evil)
        home.people["admin"].refresh_from_db()
        home.people["admin"].account.refresh_from_db()
        invite(
            account=home.people["admin"].account, email="new@new.example", name=evil,
            role=Role.ADMIN, by=home.people["admin"], at=cast.NOW,
        )  # fmt: skip
    assert len(mailoutbox) >= 4
    for sent in mailoutbox:
        message = sent.message()
        assert not message["Bcc"]
        assert sent.recipients() == sent.to
        assert "\n" not in sent.subject
        html = str(sent.alternatives[0][0])
        assert "<b>Pay" not in html
