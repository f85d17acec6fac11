"""A program buys what it was quoted, once, with the refusals of the pages (N1, D6, D19)."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import open_account
from accounts.models import AccountKind, Membership
from accounts.permissions import Role, Scope
from core.api.ids import public_id
from subscriptions.models import Charge, Order, SeatChange, SeatPool
from tests import cast, moves
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def program(acme_owner: Membership) -> Program:
    return Program(token(acme_owner, Scope.BUY_SEATS)[1])


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def seats(pool: SeatPool, **number: int) -> dict[str, Any]:
    return {"pool": public_id("pool", pool.pk), **number}


def more(pool: SeatPool, number: int) -> dict[str, Any]:
    return {"seats": [seats(pool, add=number)]}


def needed(pool: SeatPool, number: int, **how: Any) -> dict[str, Any]:
    return {"seats": [seats(pool, total=number)], **how}


def order(program: Program, wanted: dict[str, Any], key: str = "", **agreed: Any) -> Any:
    return program.post("orders", {**wanted, **agreed}, Idempotency_Key=key or uuid4().hex)


def as_quoted(program: Program, wanted: dict[str, Any], **agreed: Any) -> Any:
    quote = program.post("quotes", wanted).json()
    return order(program, wanted, fingerprint=quote["fingerprint"], **agreed)


# Quotes


def test_a_quote_says_what_it_costs_to_the_cent(program: Program, suite_pool: SeatPool) -> None:
    answer = program.post("quotes", more(suite_pool, 2))
    said = answer.json()
    assert answer.status_code == 200
    assert said["charged_cents"] == round(2 * (11500 + 2500) * 8 / 30)
    assert (said["days_left"], said["of_days"], said["renews_on"]) == (8, 30, "2026-12-01")
    assert (said["period_cents_before"], said["period_cents"]) == (140000, 168000)
    [pool] = said["pools"]
    assert (pool["purchased_before"], pool["purchased"], pool["at_renewal"]) == (10, 12, 12)
    assert sum(line["cents"] for line in pool["lines"]) == said["charged_cents"]
    assert not said["needs_confirmation"]
    assert not Order.objects.exists()


def test_a_quote_names_who_loses_a_seat(program: Program, sell_pool: SeatPool) -> None:
    first, *_others, last = cast.fill(sell_pool, 5)
    [pool] = program.post("quotes", needed(sell_pool, 4)).json()["pools"]
    assert [each["member"] for each in pool["displaced"]] == [public_id("mem", last.pk)]
    wanted = needed(sell_pool, 4, timing="now", release=[public_id("mem", first.pk)])
    said = program.post("quotes", wanted).json()
    [who] = said["pools"][0]["displaced"]
    assert (who["member"], who["becomes_end_user"]) == (public_id("mem", first.pk), True)
    assert said["needs_confirmation"]
    assert "1 person will lose their seat." in said["question"]


@pytest.mark.parametrize(
    ("rows", "more_said", "code"),
    [
        ([{"add": 1, "total": 2}], {}, "add_or_total"),
        ([{}], {}, "add_or_total"),
        ([{"add": 1}], {"timing": "now"}, "add_or_total"),
        ([{"add": 1}, {"add": 1}], {}, "pool_twice"),
        ([{"add": 0}], {}, "bad_number"),
        ([{"add": 100_001}], {}, "bad_number"),
        ([{"add": 100_000}], {}, "too_many"),
        ([{"total": 10}], {}, "nothing"),
        ([{"add": "1"}], {}, "invalid"),
        ([], {}, "invalid"),
    ],
)
def test_numbers_that_are_none(
    program: Program, suite_pool: SeatPool, rows: list[Any], more_said: dict[str, Any], code: str
) -> None:
    wanted = {"seats": [seats(suite_pool, **row) for row in rows], **more_said}
    assert refusal(program.post("quotes", wanted)) == (422, code)
    assert refusal(order(program, wanted, fingerprint="x")) == (422, code)


def test_another_accounts_pool_and_a_person_without_a_seat(
    program: Program, suite_pool: SeatPool, globex_pool: SeatPool, acme_admin: Membership
) -> None:
    assert refusal(program.post("quotes", more(globex_pool, 1))) == (422, "unknown_pool")
    wanted = needed(suite_pool, 5, release=[public_id("mem", acme_admin.pk)])
    assert refusal(program.post("quotes", wanted)) == (422, "no_seat_held")


def test_what_an_online_assisted_account_cannot_do(
    globex_owner: Membership, globex_pool: SeatPool
) -> None:
    """R7."""
    program = Program(token(globex_owner)[1])
    assert program.post("quotes", more(globex_pool, 1)).status_code == 200
    fewer = needed(globex_pool, globex_pool.seats - 1)
    assert refusal(program.post("quotes", fewer)) == (422, "not_removable")


def test_nobody_buys_in_a_sales_managed_account(
    initech_owner: Membership, initech_pool: SeatPool
) -> None:
    """R6. The account became one after the token was made."""
    program = Program(token(initech_owner)[1])
    assert refusal(program.post("quotes", more(initech_pool, 1))) == (403, "not_allowed")
    said = order(program, more(initech_pool, 1), fingerprint="x")
    assert refusal(said) == (403, "not_allowed")


# Orders


def test_an_order_is_done_as_quoted_and_names_the_token(
    program: Program, suite_pool: SeatPool, acme_owner: Membership
) -> None:
    answer = as_quoted(program, more(suite_pool, 2))
    said = answer.json()
    assert answer.status_code == 201
    assert moves.numbers(suite_pool)[0] == 12
    assert said["by"] == {
        "name": str(acme_owner.user), "channel": "api", "token": "HR sync", "command": "",
    }  # fmt: skip
    assert answer["Location"] == f"/api/v1/orders/{said['id']}"
    assert said["pools"][0] | {"cents": 0} == {
        "pool": public_id("pool", suite_pool.pk), "kind": "bought", "purchased_before": 10,
        "purchased": 12, "at_renewal_before": 10, "at_renewal": 12, "cents": 0,
    }  # fmt: skip
    reader = Program(token(acme_owner, Scope.READ_SUBSCRIPTION)[1])
    assert reader.get(f"orders/{said['id']}").json() == said
    assert reader.get("orders").json()["data"] == [said]
    [change] = SeatChange.objects.filter(order__isnull=False)
    charges = Charge.objects.filter(order__isnull=False)
    assert [row.token.name for row in (change, *charges) if row.token] == ["HR sync"] * 3


def test_the_same_order_ten_times_buys_once(program: Program, suite_pool: SeatPool) -> None:
    wanted = more(suite_pool, 2)
    fingerprint = program.post("quotes", wanted).json()["fingerprint"]
    answers = [order(program, wanted, "one-key", fingerprint=fingerprint) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert moves.numbers(suite_pool)[0] == 12
    other = order(program, more(suite_pool, 3), "one-key", fingerprint=fingerprint)
    assert refusal(other) == (422, "used_key")


def test_a_stale_order_is_answered_with_the_new_quote(
    program: Program, suite_pool: SeatPool, acme_owner: Membership
) -> None:
    wanted = more(suite_pool, 2)
    before = program.post("quotes", wanted).json()
    moves.buy({suite_pool: 1}, by=acme_owner)
    said = order(program, wanted, fingerprint=before["fingerprint"])
    assert refusal(said) == (409, "stale")
    quote = said.json()["quote"]
    assert quote == program.post("quotes", wanted).json()
    assert quote["pools"][0]["purchased_before"] == 11
    assert order(program, wanted, fingerprint=quote["fingerprint"]).status_code == 201


def test_what_is_asked_once_more_needs_to_be_confirmed(
    program: Program, sell_pool: SeatPool
) -> None:
    cast.fill(sell_pool, 3)
    wanted = needed(sell_pool, 2, timing="now")
    said = as_quoted(program, wanted)
    assert refusal(said) == (409, "unconfirmed")
    assert said.json()["quote"]["question"] in said.json()["detail"]
    assert moves.numbers(sell_pool)[0] == 5
    assert as_quoted(program, wanted, confirmed=True).status_code == 201
    assert moves.numbers(sell_pool)[:2] == (2, 2)


def test_who_goes_first_is_named_and_the_same_again_changes_nothing(
    program: Program, sell_pool: SeatPool
) -> None:
    first, *_others = cast.fill(sell_pool, 5)
    wanted = needed(sell_pool, 4, timing="now", release=[public_id("mem", first.pk)])
    fingerprint = program.post("quotes", wanted).json()["fingerprint"]
    agreed = {"fingerprint": fingerprint, "confirmed": True}
    answers = [order(program, wanted, "key", **agreed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert not first.seat_assignments.exists()
    first.refresh_from_db()
    assert first.role == Role.END_USER


def test_an_order_names_nobody_without_a_seat(
    program: Program, sell_pool: SeatPool, acme_admin: Membership
) -> None:
    """Also beside somebody with one, and whatever quote it was agreed to on."""
    first, *_others = cast.fill(sell_pool, 5)
    plain = needed(sell_pool, 4)
    fingerprint = program.post("quotes", plain).json()["fingerprint"]
    nobody, somebody = public_id("mem", acme_admin.pk), public_id("mem", first.pk)
    for named in ([nobody], [somebody, nobody]):
        wanted = {**plain, "release": named}
        assert refusal(program.post("quotes", wanted)) == (422, "no_seat_held")
        assert refusal(order(program, wanted, fingerprint=fingerprint)) == (422, "no_seat_held")
    assert moves.numbers(sell_pool)[2] == 5


def test_a_scheduled_reduction_is_taken_back(program: Program, sell_pool: SeatPool) -> None:
    assert as_quoted(program, needed(sell_pool, 3)).status_code == 201
    assert moves.numbers(sell_pool)[2] == 3
    address = f"pools/{public_id('pool', sell_pool.pk)}/scheduled-reduction"
    for _ in range(2):
        said = program.send("DELETE", address)
        assert (said.status_code, said.json()["at_renewal"]) == (200, 5)
    assert moves.numbers(sell_pool)[2] == 5


def test_orders_are_read_in_as_many_queries_for_few_as_for_many(
    suite_pool: SeatPool, acme_owner: Membership, django_assert_max_num_queries: Any
) -> None:
    program = Program(token(acme_owner)[1])
    for _ in range(4):
        moves.buy({suite_pool: 1}, by=acme_owner)
    program.get("orders")
    with django_assert_max_num_queries(6):
        assert len(program.get("orders").json()["data"]) == 4
    with django_assert_max_num_queries(6):
        program.get("orders", limit=1)


def test_an_account_without_a_subscription(db: None) -> None:
    owner = open_account(
        name="New", slug="new", kind=AccountKind.SELF_SERVICE, representative=None,
        owner_email="owner@new.example", owner_name="New Owner", by=cast.SETUP, at=cast.NOW,
    )  # fmt: skip
    wanted = {"seats": [{"pool": public_id("pool", 1), "add": 1}]}
    said = Program(token(owner)[1]).post("quotes", wanted)
    assert refusal(said) == (404, "no_subscription")
