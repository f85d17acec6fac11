"""Who a key lets in, and what the others are told (D19)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.permissions import Scope
from core.credentials import SecretKey
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


def test_a_token_opens_its_own_account(acme_owner: Membership) -> None:
    _row, key = token(acme_owner)
    answer = Program(key).get("account")
    assert answer.status_code == 200
    assert answer.json()["slug"] == "acme"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_session_opens_nothing(acme_owner: Membership, client_for: ClientFor) -> None:
    answer = client_for(acme_owner).get("/api/v1/account")
    assert answer.status_code == 401
    assert answer.json()["code"] == "key_missing"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_programs_request_asks_for_no_session(
    acme_owner: Membership, client_for: ClientFor, django_assert_num_queries: Any
) -> None:
    """Even where its cookie comes along: neither whose it is, nor in which language they read."""
    acme_owner.user.language = "de"
    acme_owner.user.save()
    _row, key = token(acme_owner)
    program, browser = Program(key), client_for(acme_owner)
    program.get("account")
    with CaptureQueriesContext(connection) as counted:
        program.get("account")
        statements = len(counted)
    program.client = browser
    with django_assert_num_queries(statements):
        answer = program.get("account")
    assert answer["Content-Language"] == "en"
    assert "Cookie" not in answer["Vary"]
    with django_assert_num_queries(0):
        program.get("nothing/here")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "key_missing"),
        ("Bearer", "key_missing"),
        ("Bearer ", "key_missing"),
        ("Basic b3duZXI6ZGVtbw==", "key_missing"),
        ("Bearer sat_short", "key_unknown"),
        ("Bearer \xe4", "key_unknown"),
        # Of the right form, and the same each time: the two processes compare the names of tests.
        (f"Bearer spk_{'a' * 12}_{'b' * 43}", "key_of_other_kind"),
    ],
)
def test_what_is_no_key_of_a_token_is_told_why(
    acme_owner: Membership, said: str, code: str
) -> None:
    program = Program()
    program.headers["Authorization"] = said
    answer = program.get("account")
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_a_key_of_another_kind_is_told_which_and_no_more(acme_owner: Membership) -> None:
    """Whether there is such a key, it is not told."""
    said = Program(SecretKey.new("spk"), language="de").get("account").json()["detail"]
    assert "sat_" in said
    assert "spk_" not in said
    either = Program(SecretKey.new("whk")).get("entitlements/check").json()["detail"]
    assert either == "This key does not open this. Use one that begins with spk_ or sat_."


def test_another_secret_with_a_known_beginning_opens_nothing(acme_owner: Membership) -> None:
    row, _key = token(acme_owner)
    row.revoked_at = NOW
    row.save()
    answer = Program(SecretKey.new("sat", row.prefix)).get("account")
    # Nor does it learn that the token was revoked.
    assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")


def test_an_expired_and_a_revoked_token_are_told_so(acme_owner: Membership) -> None:
    _row, old = token(acme_owner, days=0)
    assert Program(old).get("account").json()["code"] == "key_expired"
    row, key = token(acme_owner)
    row.revoked_at = NOW
    row.save()
    assert Program(key).get("account").json()["code"] == "key_revoked"


def test_after_a_rotation_the_key_before_opens_until_the_overlap_ends(
    acme_owner: Membership,
) -> None:
    row, before = token(acme_owner)
    after = SecretKey.new("sat", row.prefix)
    row.take(after, NOW, overlap=timedelta(hours=1))
    row.save()
    assert Program(after).get("account").status_code == 200
    assert Program(before).get("account").status_code == 200
    row.previous_until = NOW
    row.save()
    assert Program(after).get("account").status_code == 200
    assert Program(before).get("account").json()["code"] == "key_expired"


def test_a_use_is_written_down_once_a_minute(acme_owner: Membership) -> None:
    row, key = token(acme_owner)
    Program(key).get("account")
    row.refresh_from_db()
    assert row.last_used_at == NOW


def test_without_the_scope_it_is_refused_in_the_language_asked_for(
    acme_owner: Membership,
) -> None:
    _row, key = token(acme_owner, Scope.READ_TEAM)
    answer = Program(key, language="de").get("account")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "scope_missing"
    assert problem["title"] == "Scope missing"
    assert problem["type"].endswith("/api/docs/problems/#scope_missing")
    assert "HR sync" in problem["detail"]
    assert "Token" in problem["detail"]


def test_a_question_for_headers_needs_the_same_scope(acme_owner: Membership) -> None:
    _row, key = token(acme_owner, Scope.READ_TEAM)
    assert Program(key).send("HEAD", "account").status_code == 403
    assert Program(key).send("HEAD", "members").status_code == 200


def test_an_address_that_is_none_is_a_problem_document_too(acme_owner: Membership) -> None:
    _row, key = token(acme_owner)
    assert Program(key).get("nothing/here").json()["code"] == "not_found"
    assert Program().get("nothing/here").json()["code"] == "not_found"


def test_every_answer_says_how_much_is_left(acme_owner: Membership) -> None:
    _row, key = token(acme_owner)
    answer = Program(key).get("account")
    assert answer["RateLimit-Policy"] == '"default";q=600;w=60'
    assert answer["RateLimit"] == '"default";r=599;t=60'


def test_who_asks_too_often_is_told_when_to_come_back(
    acme_owner: Membership,
) -> None:
    _row, key = token(acme_owner)
    program = Program(key)
    for _number in range(700):
        answer = program.get("account")
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_requests"
    assert answer["Retry-After"] == "60"


def test_an_unknown_filter_is_refused(acme_owner: Membership) -> None:
    _row, key = token(acme_owner)
    problem = Program(key).get("account", colour="red").json()
    assert problem["status"] == 422
    assert problem["errors"] == [
        {
            "field": "colour",
            "code": "unknown_field",
            "detail": "There is no field or filter with this name.",
        }
    ]


def test_the_page_of_problems_names_every_code(acme_owner: Membership) -> None:
    page = Program().client.get("/api/docs/problems/").content.decode()
    assert 'id="no_seat"' in page
    assert 'id="key_missing"' in page
    assert "%(" not in page


LONG = "a" * 25


@pytest.mark.parametrize(
    ("address", "query", "status"),
    [
        (f"members/mem_{LONG}", {}, 404),
        ("members", {"pool": f"pool_{LONG}"}, 422),
        ("members", {"cursor": "cD1hYmM="}, 422),
        ("members", {"cursor": "cD0="}, 422),
        ("members", {"cursor": "cj0xJnA9NQ=="}, 422),
        ("members", {"cursor": "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk="}, 422),
        ("members", {"status": ["active", "invited"]}, 422),
        ("members", {"message": "1", "code": "2"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_no_fault_of_ours(
    acme_owner: Membership, address: str, query: dict[str, Any], status: int
) -> None:
    answer = Program(token(acme_owner)[1]).get(address, **query)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"\\ud800": 1}', 422),
        (b'{"people": "' + b"x" * 3_000_000 + b'"}', 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    acme_owner: Membership, body: bytes, status: int
) -> None:
    program = Program(token(acme_owner)[1], language="de")
    answer = program.client.generic(
        "POST", "/api/v1/entitlements/check", body, "application/json", headers=program.headers
    )
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["detail"].startswith("Der Inhalt")


def test_below_another_version_there_is_a_problem_document_too() -> None:
    for address in ("/api/v1", "/api/v1/", "/api/v2/members"):
        answer = Program().client.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
