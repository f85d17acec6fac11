"""Other sites, planted sessions, markup in texts, guessed passwords."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.actions import change_role
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from subscriptions.models import Plan, Product, SeatPool, SeatRequest
from tests import cast
from tests.access.addresses import MEMBER_ACTIONS, addresses, url
from tests.hostile.forms import FORMS, stored
from tests.subscriptions.views.pages import text
from tests.world import Home, World

pytestmark = pytest.mark.any_database

ELSEWHERE = [
    "//evil.example", "https://evil.example/", "https:evil.example", "/\\evil.example",
    "\\\\evil.example", "javascript:alert(1)", "http:///evil.example", " //evil.example",
    "/\t/evil.example", "https://testserver@evil.example/", "///evil.example", "\x00//evil.example",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_guessed_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def home(world: World) -> Home:
    return world.homes["self"]


def is_ours(where: str) -> bool:
    return where.startswith("/") and not where.startswith(("//", "/\\", "/\t"))


@pytest.mark.parametrize("there", ELSEWHERE)
def test_no_address_of_ours_leads_to_another_site(there: str, home: Home, world: World) -> None:
    user = home.people["owner"].user
    user.set_password("correct horse battery")
    user.save()
    entry = {"login": user.email, "password": "correct horse battery", "next": there}
    buying = FORMS["buy"].fields(home)
    browser = world.client("owner")
    answers = [
        world.client("anonymous").post("/auth/login/", entry),
        world.client("anonymous").get("/admin/login/", {"next": there}),
        world.client("anonymous").post("/preferences/", {"language": "de", "next": there}),
        browser.get("/auth/login/", {"next": there}),
        browser.post(f"/a/self/seats/add/?then={there.strip(chr(0))}", buying),
        browser.post("/auth/logout/", {"next": there}),
    ]
    for answer in answers:
        where = answer.headers.get("Location", "/")
        assert is_ours(where), where


def test_nor_does_a_missing_slash(world: World) -> None:
    for path in ("//evil.example/auth/login", "//evil.example/admin", "/\\evil.example/a"):
        where = world.client("owner").get(path).headers.get("Location", "/")
        assert is_ours(where), where


ACCOUNTS = [a for a in addresses() if "<slug:account>" in a]
# The history and the forms of a row show nothing that its page does not.
ADMINS = [a for a in addresses() if a.startswith("admin/") and a.endswith("/change/")]
ADMINS += [a for a in addresses() if a.count("/") == 3 and a.startswith("admin/subscriptions/")]
OURS = [a for a in addresses() if not a.startswith("admin/")]


def test_every_post_without_its_token_is_refused(home: Home, world: World) -> None:
    before, let_through = stored(), []
    for address in [*OURS, *(a for a in addresses() if "seatrequest" in a)]:
        who = "rep" if address.startswith("admin/") else "owner"
        browser = world.client(who, enforce_csrf_checks=True)
        if browser.post(url(address, home), {"a": "b"}).status_code not in (403, 404, 405):
            let_through.append(address)
    assert let_through == []
    assert stored() == before


def test_a_planted_session_is_worth_nothing_after_signing_in(home: Home) -> None:
    home.people["owner"].user.set_password("correct horse battery")
    home.people["owner"].user.save()
    browser = Client()
    session = browser.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    entry = {"login": "owner@self.example", "password": "correct horse battery"}
    browser.post("/auth/login/", entry)
    assert browser.get("/a/self/").status_code == 200
    assert browser.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted or ""
    assert thief.get("/a/self/").status_code == 302


MARKUP = "<script>x</script><b>\"'{{ 7|add:7 }}&"


def test_markup_in_a_text_is_shown_as_it_was_typed(home: Home, world: World) -> None:
    """On every page that shows the names and reasons of an account, and to everybody."""
    Account.objects.update(name=MARKUP)
    Membership.objects.update(name=MARKUP)
    User.objects.update(name=MARKUP)
    SeatPool.objects.update(name=MARKUP)
    SeatRequest.objects.update(reason=MARKUP, note=MARKUP)
    Product.objects.filter(kind="suite").update(name=MARKUP)
    Plan.objects.filter(product__kind="suite").update(tier=MARKUP[:50])
    shown = 0
    for kind, pages in (("self", ACCOUNTS), ("sales", ADMINS)):
        for address in pages:
            who = "root" if address.startswith("admin/") else "owner"
            answer = world.client(who, kind).get(url(address, world.homes[kind]))
            html = answer.content.decode()
            assert "<script>x" not in html, address
            assert '<b>"' not in html, address
            shown += "&lt;script&gt;x" in html
    assert shown > 30


@pytest.mark.parametrize("page", ["/auth/login/", "/admin/login/"])
def test_guessing_one_password_is_stopped_wherever_one_signs_in(page: str, world: World) -> None:
    """Claiming to come from elsewhere each time does not help."""
    answers = []
    for number in range(8):
        guess = {"login": "root@vendor.example", "password": f"guess {number}"}
        guess |= {"username": "root@vendor.example"}
        from_there = {"X-Forwarded-For": f"203.0.113.{number}"}
        where = page
        answer = Client().get(where)
        if answer.status_code == 302:
            where = answer.headers["Location"]
        answers.append(Client().post(where, guess, headers=from_there))
    assert any("Too many failed" in text(a) or a.status_code == 429 for a in answers[5:])
    assert not any(a.status_code == 302 for a in answers)


def test_posting_to_the_admins_own_sign_in_guesses_nothing(world: World) -> None:
    root = world.users["root"]
    root.set_password("correct horse battery")
    root.save()
    entry = {"username": root.email, "password": "correct horse battery"}
    answer = Client().post("/admin/login/", entry)
    assert answer.status_code == 302
    assert "/auth/login/" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("page", "field"), [("/auth/login/", "login"), ("/auth/password/reset/", "email")]
)
def test_nobody_learns_who_is_known_here(page: str, field: str, world: World) -> None:
    told = []
    for address in ("owner@self.example", "nobody@self.example", "removed@self.example"):
        answer = Client().post(page, {field: address, "password": "wrong one"}, follow=True)
        told.append((answer.status_code, text(answer).replace(address, "ADDRESS")))
    assert told[0] == told[1] == told[2]


def test_asking_for_resets_is_limited(world: World) -> None:
    """Ten a minute from one address."""
    answers = [
        Client().post("/auth/password/reset/", {"email": "owner@self.example"}) for _ in range(11)
    ]
    assert answers[-1].status_code == 429
    assert "For your security, this is locked for now." in text(answers[-1])


def test_a_reset_goes_to_the_stored_address_only(world: World, mailoutbox: list[Any]) -> None:
    for typed in ("OWNER@self.example", "owner@ſelf.example", "owner@self.example\r\nCc: x@y.zz"):
        # Otherwise one link in five minutes is all that is sent.
        cache.clear()
        Client().post("/auth/password/reset/", {"email": typed})
    receivers = [sent.recipients() for sent in mailoutbox]
    assert receivers == [["owner@self.example"]] * 2
    assert all("/password/reset/key/" in str(sent.body) for sent in mailoutbox)


@pytest.mark.parametrize("who", ["invited", "agent", "suspended"])
def test_the_list_of_the_team_does_not_say_who_is_busy_elsewhere(
    who: str, home: Home, world: World
) -> None:
    """Neither a sign-in nor a visit to another account shows or orders anything here."""
    person, client = home.people[who], world.client("admin")
    pages = ("/a/self/team/?sort=-visited", f"/a/self/team/{person.pk}/")
    client.get("/a/self/")
    before = [text(client.get(page)) for page in pages]
    User.objects.filter(pk=person.user_id).update(last_login=cast.NOW)
    Membership.objects.create(
        account=world.foreign.account, user=person.user, name="X", role=Role.ADMIN,
        status="active", added_at=cast.OPENED,
    )  # fmt: skip
    assert world.client(who).get("/a/foreign/team/").status_code == 200
    assert [text(client.get(page)) for page in pages] == before


# Rising above oneself


@pytest.mark.parametrize("role", ["owner", "billing_admin"])
@pytest.mark.parametrize("whom", ["admin", "agent", "enduser", "billing", "owner"])
def test_an_admin_makes_nobody_more_than_they_are(
    whom: str, role: str, home: Home, world: World
) -> None:
    person, client = home.people[whom], world.client("admin")
    fields = {"name": person.name, "role": role, "seats": ""}
    unchanged = person.role
    client.post(f"/a/self/team/{person.pk}/", fields)
    person.refresh_from_db()
    assert person.role == unchanged


@pytest.mark.parametrize("action", MEMBER_ACTIONS[:-1])
@pytest.mark.parametrize("whom", ["owner", "billing", "admin"])
def test_an_admin_does_nothing_to_those_above_nor_to_themselves(
    whom: str, action: str, home: Home, world: World
) -> None:
    cast.give_seat(home.pool, home.people[whom])
    before = stored()
    answer = world.client("admin").post(f"/a/self/team/{home.people[whom].pk}/{action}/")
    assert answer.status_code in (403, 422)
    assert stored() == before
    home.people[whom].refresh_from_db()
    assert home.people[whom].is_active


def test_an_invitation_above_ones_own_role_is_not_ones_to_send_again(
    home: Home, world: World
) -> None:
    boss, invited = home.people["owner"], home.people["invited"]
    change_role(membership=invited, role=Role.BILLING_ADMIN, by=boss, at=cast.NOW)
    assert world.client("admin").post(f"/a/self/team/{invited.pk}/resend/").status_code == 403


def test_the_ownership_is_nobodys_to_take(home: Home, world: World) -> None:
    for who in ("billing", "admin"):
        for to in ("billing", "admin", "agent"):
            page = f"/a/self/team/{home.people[to].pk}/transfer/"
            assert world.client(who).post(page).status_code == 403
    assert cast.owner(home.account) == home.people["owner"]


def test_only_who_asked_withdraws_and_only_buyers_decide(home: Home, world: World) -> None:
    before = stored()
    for who in ("admin", "agent", "enduser", "stranger"):
        for action in ("approve", "decline"):
            page = f"/a/self/subscription/requests/{home.request.pk}/{action}/"
            fields = FORMS["approve"].fields(home)
            assert world.client(who).post(page, fields).status_code in (403, 404)
    for who in ("owner", "billing", "agent"):
        page = f"/a/self/subscription/requests/{home.request.pk}/withdraw/"
        assert world.client(who).post(page).status_code in (403, 404)
    assert stored() == before
