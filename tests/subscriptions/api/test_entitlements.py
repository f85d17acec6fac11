"""Products ask who may come in, and always get an answer (D19)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actions import suspend
from accounts.models import Account, Membership
from accounts.permissions import Role, Scope
from core.api.ids import public_id
from core.credentials import SecretKey
from subscriptions.models import SeatPool
from tests import cast, moves
from tests.cast import NOW, Catalogue
from tests.keys import Program, product_key, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def support(catalogue: Catalogue, suite_pool: SeatPool) -> Program:
    """The product Support, which the Support Suite includes."""
    _row, key = product_key(catalogue.support.product)
    return Program(key)


def check(program: Program, **whom: Any) -> Any:
    answer = program.get("entitlements/check", **{"account": "acme", **whom})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_someone_with_a_seat_of_the_suite_may_come_in(
    support: Program, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    said = check(support, email="Agent@ACME.example")
    assert said == {
        "object": "entitlement",
        "account": public_id("acc", acme_agent.account_id),
        "product": said["product"],
        "member": public_id("mem", acme_agent.pk),
        "email": "agent@acme.example",
        "allowed": True,
        "reason": "has_seat",
        "role": "agent",
        "pool": public_id("pool", suite_pool.pk),
        "as_of": "2026-11-23T12:00:00Z",
    }
    assert check(support, member=said["member"]) == said
    assert check(support, account=said["account"], email="agent@acme.example") == said


def test_who_may_not_come_in_is_told_by_a_reason(
    support: Program, acme_agent: Membership, acme_owner: Membership, acme: Account
) -> None:
    assert check(support, email="owner@acme.example")["reason"] == "no_seat"
    assert check(support, email="nobody@acme.example")["reason"] == "no_member"
    assert check(support, email="owner@acme.example", account="nowhere")["reason"] == "no_account"
    suspend(membership=acme_agent, by=acme_owner, at=NOW)
    said = check(support, email="agent@acme.example")
    assert (said["allowed"], said["reason"]) == (False, "suspended")
    # The seat is still theirs.
    assert said["pool"]


def test_an_invited_person_may_come_in_once_they_have_accepted(
    support: Program, acme: Account, suite_pool: SeatPool
) -> None:
    cast.member(acme, "new", Role.AGENT, suite_pool, active=False)
    said = check(support, email="new@acme.example")
    assert (said["allowed"], said["reason"], said["role"]) == (False, "invited", "agent")


def test_a_product_nobody_bought_is_not_a_missing_seat(
    catalogue: Catalogue, acme_agent: Membership
) -> None:
    _row, key = product_key(catalogue.sell.product)
    assert check(Program(key), email="agent@acme.example")["reason"] == "not_bought"


def test_the_answer_is_kept_nowhere(support: Program, acme_agent: Membership) -> None:
    answer = support.get("entitlements/check", account="acme", email="agent@acme.example")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["RateLimit-Policy"] == '"checks";q=6000;w=60'


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"account": "acme"}, "one_person", None),
        ({"account": "acme", "email": "a@b.example", "member": "mem_x"}, "invalid", "member"),
        ({"account": "acme", "member": "pool_abc"}, "invalid", "member"),
        ({"email": "a@b.example"}, "account_missing", "account"),
        ({"account": "acme", "mail": "a@b.example"}, "invalid", "mail"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    support: Program, acme: Account, asked: dict[str, str], code: str, field: str | None
) -> None:
    answer = support.get("entitlements/check", **asked)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == code
    assert [each["field"] for each in problem.get("errors", [])] == ([field] if field else [])


def test_a_batch_is_answered_in_its_order_in_as_many_queries_as_one(
    support: Program, acme_agent: Membership, acme_owner: Membership, django_assert_num_queries: Any
) -> None:
    people = [{"email": "owner@acme.example"}, {"email": "x@y.example"}, *acme_people(acme_agent)]
    check(support, email="owner@acme.example")  # Its last use is written down by now.
    with django_assert_num_queries(3):
        said = support.post("entitlements/check", {"account": "acme", "people": people}).json()
    assert [each["reason"] for each in said["data"]] == ["no_seat", "no_member", "has_seat"]
    assert said["data"][1]["email"] == "x@y.example"
    with django_assert_num_queries(3):
        check(support, email="agent@acme.example")


def acme_people(*members: Membership) -> list[dict[str, str]]:
    return [{"member": public_id("mem", member.pk)} for member in members]


def test_a_batch_has_at_most_a_hundred(support: Program, acme: Account) -> None:
    people = [{"email": f"p{number}@acme.example"} for number in range(101)]
    answer = support.post("entitlements/check", {"account": "acme", "people": people})
    assert answer.status_code == 422
    assert support.post("entitlements/check", {"account": "acme", "people": []}).status_code == 422
    assert support.post("entitlements/check", "people").status_code == 422


def test_a_snapshot_is_read_page_by_page_and_again_only_if_it_changed(
    support: Program, suite_nine_of_ten: SeatPool, acme_owner: Membership
) -> None:
    first = support.get("entitlements", account="acme", limit=5)
    page = first.json()
    assert len(page["data"]) == 5
    assert page["has_more"]
    rest = support.client.get(page["next"], headers=support.headers).json()
    assert (len(rest["data"]), rest["has_more"], rest["next"]) == (4, False, None)
    assert first["Cache-Control"] == "private, no-cache"
    again = support.get(
        "entitlements", account="acme", limit=5, headers={"If-None-Match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    somebody = Membership.objects.get(user__email=page["data"][0]["email"])
    suspend(membership=somebody, by=acme_owner, at=NOW)
    after = support.get(
        "entitlements", account="acme", limit=5, headers={"If-None-Match": first["ETag"]}
    )
    assert after.status_code == 200
    assert not after.json()["data"][0]["allowed"]


def test_a_copy_that_came_compressed_is_known_again(
    support: Program, suite_nine_of_ten: SeatPool
) -> None:
    packed = {"Accept-Encoding": "gzip"}
    first = support.get("entitlements", account="acme", headers=packed)
    assert first["Content-Encoding"] == "gzip"
    anything = {**packed, "If-None-Match": "*"}
    assert support.get("entitlements", account="acme", headers=anything).status_code == 304
    known = {**packed, "If-None-Match": first["ETag"]}
    assert support.get("entitlements", account="acme", headers=known).status_code == 304


def test_a_token_asks_about_any_product_of_its_own_account(
    acme_agent: Membership, acme_owner: Membership, catalogue: Catalogue, stranger: Membership
) -> None:
    product = public_id("prod", catalogue.talk.product.pk)
    _row, key = token(acme_owner, Scope.READ_TEAM)
    asked = {"product": product, "email": "agent@acme.example"}
    assert Program(key).get("entitlements/check", **asked).json()["allowed"]
    # Its account is never named, not even the right one.
    refused = Program(key).get("entitlements/check", account="acme", **asked)
    assert refused.json()["code"] == "account_of_token"
    _row, foreign = token(stranger, Scope.READ_TEAM)
    assert Program(foreign).get("entitlements/check", **asked).json()["reason"] == "no_member"
    _row, unscoped = token(acme_owner, Scope.READ_SUBSCRIPTION)
    assert Program(unscoped).get("entitlements/check", **asked).status_code == 403


def test_a_product_key_opens_nothing_else(support: Program) -> None:
    answer = support.get("account")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_of_other_kind")


def test_a_renewal_that_is_late_comes_first(
    support: Program, acme_agent: Membership, acme_owner: Membership, clock: Any,
    suite_pool: SeatPool,
) -> None:  # fmt: skip
    """D3, D4: who loses the seat at the renewal does not come in after it."""
    other = cast.member(acme_agent.account, "other", Role.AGENT, suite_pool)
    moves.set_numbers({suite_pool: 1}, by=acme_owner, at=NOW)
    clock.move_to(NOW + timedelta(days=31))
    said = check(support, email=other.user.email)
    assert (said["allowed"], said["role"]) == (False, "end_user")


def test_a_key_that_says_nothing_real_is_no_key(acme: Account) -> None:
    answer = Program(SecretKey.new("spk")).get("entitlements/check", account="acme")
    assert answer.json()["code"] == "key_unknown"
