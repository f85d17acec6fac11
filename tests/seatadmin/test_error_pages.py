"""What is refused or not there is told inside of the account it happened in (D8)."""

from typing import Any

import pytest
from django.test import Client

from accounts.api.ids import MEMBER
from accounts.models import Membership
from core.api.ids import public_id
from seatadmin.templatetags.mail_links import mail_links
from tests.accounts.pages import main_of
from tests.conftest import ClientFor
from tests.keys import Program, token
from tests.world import World

pytestmark = pytest.mark.any_database

NAVIGATION, ACCOUNT = 'id="nav"', "Back to Acme"


def test_a_refusal_keeps_the_navigation_and_says_whom_to_write_to(
    client_for: ClientFor, acme_admin: Membership
) -> None:
    page = client_for(acme_admin).get("/a/acme/subscription/manage/")
    assert page.status_code == 403
    assert NAVIGATION in page.text
    assert 'href="/a/acme/team/"' in page.text
    assert '<a href="mailto:owner@acme.example">owner@acme.example</a>' in page.text
    assert '<a class="button button--primary" href="/a/acme/">' in page.text
    assert ACCOUNT in main_of(page)


@pytest.mark.parametrize("address", ["nonsense/", "team/987654/", "team/1/nonsense/", "seats/add/"])
def test_what_is_not_there_keeps_the_navigation(address: str, world: World) -> None:
    page = world.client("owner").get(f"/a/self/{address}?pool=987654")
    assert page.status_code == 404
    assert NAVIGATION in page.text
    assert "Back to Self" in main_of(page)


@pytest.mark.parametrize("address", ["", "nonsense/", "team/", "team/987654/"])
@pytest.mark.parametrize("who", ["stranger", "removed", "rep2", "anonymous"])
def test_a_stranger_sees_nothing_of_the_account(who: str, address: str, world: World) -> None:
    """D8: the page for an account that exists is the page for one that does not."""
    client = world.client(who)
    there, nowhere = (client.get(f"/a/{slug}/{address}") for slug in ("self", "nowhere"))
    assert there.status_code == nowhere.status_code
    assert "Back to" not in there.text
    if there.status_code == 404:
        assert main_of(there) == main_of(nowhere)
        assert 'class="account-name"' not in there.text


@pytest.mark.parametrize("who", ["suspended", "invited"])
def test_who_may_open_nothing_here_is_led_to_their_start_page(who: str, world: World) -> None:
    page = world.client(who).get("/a/self/team/")
    assert page.status_code == 403
    assert NAVIGATION not in page.text
    assert "Go to home page" in main_of(page)


def test_a_form_that_cannot_be_checked_leads_back_to_the_page_it_stands_on(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_for(acme_owner).cookies
    form = "http://testserver/a/acme/subscription/"
    page = client.post("/a/acme/subscription/keep/", headers={"referer": form})
    assert page.status_code == 403
    assert NAVIGATION in page.text
    assert f'href="{form}"' in page.text
    foreign = client.post("/a/acme/team/add/", headers={"referer": "https://evil.example/"})
    assert "evil.example" not in foreign.text
    assert 'href="/a/acme/team/add/"' in foreign.text


def test_nothing_but_the_address_in_brackets_becomes_a_link() -> None:
    shown = mail_links("Ask <b> evil.example (o'neill@acme.example) or a@b.example.")
    link = '<a href="mailto:o&#x27;neill@acme.example">o&#x27;neill@acme.example</a>'
    assert shown == f"Ask &lt;b&gt; evil.example ({link}) or a@b.example."


def test_the_demo_shows_the_pages_of_production(
    client_for: ClientFor, acme_owner: Membership, settings: Any
) -> None:
    """Also for an address that leads nowhere, where Django would list all there are."""
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "seatadmin.demo.not_found.OwnNotFoundPage"]
    client = client_for(acme_owner)
    for address in ("nonsense/", "team/987654/"):
        page = client.get(f"/a/acme/{address}")
        assert page.status_code == 404
        assert "Page not found" in main_of(page)
        assert NAVIGATION in page.text


def test_whose_sign_in_is_switched_off_is_told_who_can_help(db: None, settings: Any) -> None:
    settings.SUPPORT_EMAIL = "help@vendor.example"
    assert 'href="mailto:help@vendor.example"' in Client().get("/auth/inactive/").text


# What programs are told, to whom a page says nothing


def test_a_program_is_told_in_a_problem_document_what_no_view_could_read(
    acme_owner: Membership,
) -> None:
    broken = "multipart/form-data; boundary="
    for language, word in (("en", "request"), ("de", "Anfrage")):
        program = Program(token(acme_owner)[1], language)
        for answer in (
            program.client.get("/api/v1/account?x=%00", headers=program.headers),
            program.client.generic("POST", "/api/v1/quotes", b"x", broken, headers=program.headers),
        ):
            assert answer.status_code == 400
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == "unreadable_request"
            assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("GET", "members/%00", b"", 404),
        ("GET", "members/mem_%00", b"", 404),
        ("GET", "%00", b"", 404),
        ("PATCH", "members/{member}", b'{"name": "x\\u0000"}', 422),
        ("PATCH", "members/{member}", b'{"name\\u0000": "x"}', 422),
        ("PATCH", "members/{member}", b'{"name": "x\0"}', 400),
        ("PATCH", "members/{member}", b"\xff", 400),
    ],
)
def test_a_nul_is_refused_wherever_it_stands_in_the_language_asked_for(
    method: str, address: str, body: bytes, status: int, acme_owner: Membership
) -> None:
    member = public_id(MEMBER, acme_owner.pk)
    said = []
    for language in ("en", "de"):
        program = Program(token(acme_owner)[1], language)
        answer = program.client.generic(
            method, f"/api/v1/{address.format(member=member)}", body, "application/json",
            headers=program.headers,
        )  # fmt: skip
        assert answer.status_code == status
        said.append(answer.json()["detail"])
    assert said[0] != said[1]


def test_a_program_is_told_of_a_fault_of_ours_and_nothing_more(
    acme_owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("accounts.api.accounts.representative_or_support", fail)
    program = Program(token(acme_owner)[1])
    program.client.raise_request_exception = False
    answer = program.get("account")
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert "secret" not in answer.content.decode()


def test_no_address_of_the_api_is_answered_with_a_page(acme_owner: Membership) -> None:
    program = Program(token(acme_owner)[1])
    for address in ("nothing", "x%0Ay", "members/a/b/c"):
        answer = program.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), address
