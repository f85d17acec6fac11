"""A program asks for seats, and decides, with the refusals of the pages (D1, D10, N4)."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Membership
from accounts.permissions import Scope
from core.api.ids import public_id
from core.outbox import deliver_due
from subscriptions.models import SeatPool, SeatRequest
from tests import moves
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def requester(acme_owner: Membership) -> Program:
    """Who may not buy asks whoever may."""
    return Program(token(acme_owner, Scope.REQUEST_SEATS)[1])


@pytest.fixture
def decider(acme_owner: Membership) -> Program:
    return Program(token(acme_owner, Scope.DECIDE_REQUESTS)[1])


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def ask(program: Program, pool: SeatPool, key: str = "", **said: Any) -> Any:
    body = {"pool": public_id("pool", pool.pk), "seats": 2, "reason": "Two people more.", **said}
    return program.post("requests", body, Idempotency_Key=key or uuid4().hex)


def test_asked_once_and_named_by_the_token(requester: Program, sell_pool: SeatPool) -> None:
    answers = [ask(requester, sell_pool, "key", needed_by="2026-12-24") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    said = answers[0].json()
    assert (said["seats"], said["needed_by"], said["status"]) == (2, "2026-12-24", "open")
    assert answers[0]["Location"] == f"/api/v1/requests/{said['id']}"
    assert SeatRequest.objects.get().requester == "Acme Owner (API token “HR sync”)"
    assert refusal(ask(requester, sell_pool, "key", seats=3)) == (422, "used_key")


def test_who_asks_or_decides_reads_what_is_asked_for(
    requester: Program, decider: Program, sell_pool: SeatPool, acme_owner: Membership
) -> None:
    asked = ask(requester, sell_pool).json()
    for program in (requester, decider):
        assert program.get("requests").json()["data"] == [asked]
        assert program.get(f"requests/{asked['id']}").json() == asked
    managing = Program(token(acme_owner, Scope.MANAGE_TEAM)[1], language="de")
    said = managing.get("requests").json()
    assert said["code"] == "scope_missing"
    # Of several, it is told the one for reading.
    assert "Abonnement lesen" in said["detail"]


def test_what_cannot_be_asked(
    requester: Program, sell_pool: SeatPool, globex_pool: SeatPool, acme_owner: Membership
) -> None:
    assert refusal(ask(requester, globex_pool)) == (422, "unknown_pool")
    assert refusal(ask(requester, sell_pool, seats=0)) == (422, "bad_number")
    assert refusal(ask(requester, sell_pool, seats=100_000)) == (422, "too_many")
    assert refusal(ask(requester, sell_pool, reason="")) == (422, "invalid")
    assert refusal(ask(requester, sell_pool, needed_by="2026-11-22")) == (422, "past_day")
    assert ask(requester, sell_pool).status_code == 201
    assert refusal(ask(requester, sell_pool)) == (409, "open_request")
    buyer = Program(token(acme_owner)[1])
    assert refusal(ask(buyer, sell_pool)) == (403, "not_allowed")


def test_a_token_joins_what_is_requested_once_and_takes_its_part_back(
    requester: Program, decider: Program, sell_pool: SeatPool, acme_admin: Membership
) -> None:
    """D20."""
    address = f"requests/{public_id('req', moves.ask(sell_pool, 2, by=acme_admin).pk)}"
    body = {"seats": 3, "reason": "Three more."}
    answers = [requester.post(f"{address}/join", body, Idempotency_Key="joining") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    said = answers[1].json()
    assert said["seats"] == 5
    assert [(p["requested_by"]["name"], p["seats"], p["reason"]) for p in said["parts"]] == [
        ("Acme Admin", 2, "Two people start next week."), ("Acme Owner", 3, "Three more."),
    ]  # fmt: skip
    again = requester.post(f"{address}/join", {**body, "seats": 4}, Idempotency_Key="joining")
    assert refusal(again) == (422, "used_key")
    assert refusal(requester.post(f"{address}/join", body)) == (400, "idempotency_key_missing")
    left = requester.post(f"{address}/withdraw").json()
    assert (left["status"], left["seats"]) == ("open", 2)
    assert left["parts"][0]["withdrawn_at"] is None
    assert left["parts"][1]["withdrawn_at"] == "2026-11-23T12:00:00Z"
    assert refusal(requester.post(f"{address}/withdraw")) == (403, "not_allowed")


def test_what_cannot_be_joined(
    requester: Program, decider: Program, sell_pool: SeatPool, acme_admin: Membership,
    acme_owner: Membership,
) -> None:  # fmt: skip
    address = f"requests/{public_id('req', moves.ask(sell_pool, 2, by=acme_admin).pk)}"

    def join(by: Program = requester, **said: Any) -> tuple[int, str]:
        body = {"seats": 1, "reason": "One more.", **said}
        return refusal(by.post(f"{address}/join", body, Idempotency_Key=uuid4().hex))

    assert join(seats=0) == (422, "bad_number")
    assert join(seats=99_994) == (422, "too_many")
    assert join(reason=" ") == (422, "invalid")
    assert join(by=Program(token(acme_owner)[1])) == (403, "not_allowed")
    decider.post(f"{address}/decline", {"note": "No."})
    assert join() == (409, "already_decided")


def test_who_approves_a_number_that_has_grown_gets_the_new_quote(
    requester: Program, decider: Program, sell_pool: SeatPool, acme_admin: Membership
) -> None:
    """D6, D20."""
    address = f"requests/{public_id('req', moves.ask(sell_pool, 2, by=acme_admin).pk)}"
    before = decider.get(f"{address}/quote").json()
    requester.post(
        f"{address}/join", {"seats": 1, "reason": "One more."}, Idempotency_Key="joining"
    )
    said = decider.post(f"{address}/approve", {"fingerprint": before["fingerprint"]})
    assert refusal(said) == (409, "stale")
    assert said.json()["quote"]["pools"][0]["purchased"] == 8


def test_a_token_withdraws_what_it_asked_for_and_nothing_else(
    requester: Program, sell_pool: SeatPool, suite_pool: SeatPool, acme_admin: Membership
) -> None:
    mine = ask(requester, sell_pool).json()["id"]
    theirs = public_id("req", moves.ask(suite_pool, 1, by=acme_admin).pk)
    assert requester.post(f"requests/{mine}/withdraw").json()["status"] == "withdrawn"
    assert refusal(requester.post(f"requests/{mine}/withdraw")) == (409, "already_decided")
    assert refusal(requester.post(f"requests/{theirs}/withdraw")) == (403, "not_allowed")


def test_approved_as_quoted(
    decider: Program, sell_pool: SeatPool, acme_admin: Membership, mailoutbox: list[Any]
) -> None:
    address = f"requests/{public_id('req', moves.ask(sell_pool, 2, by=acme_admin).pk)}"
    quote = decider.get(f"{address}/quote").json()
    assert (quote["pools"][0]["purchased_before"], quote["pools"][0]["purchased"]) == (5, 7)
    body = {"fingerprint": quote["fingerprint"], "note": "Welcome."}
    said = decider.post(f"{address}/approve", body).json()
    assert (said["status"], said["note"]) == ("approved", "Welcome.")
    assert said["order"].startswith("ord_")
    assert said["decided_by"] == "Acme Owner (API token “HR sync”)"
    assert moves.numbers(sell_pool)[0] == 7
    for again in ("approve", "decline"):
        said = decider.post(f"{address}/{again}", {**body, "note": "No."} if again == "approve"
                            else {"note": "No."})  # fmt: skip
        assert refusal(said) == (409, "already_decided")
    assert refusal(decider.get(f"{address}/quote")) == (409, "already_decided")
    deliver_due()
    assert any(acme_admin.user.email in mail.to for mail in mailoutbox)


def test_a_stale_approval_is_answered_with_the_new_quote(
    decider: Program, sell_pool: SeatPool, acme_admin: Membership, acme_owner: Membership
) -> None:
    address = f"requests/{public_id('req', moves.ask(sell_pool, 2, by=acme_admin).pk)}"
    before = decider.get(f"{address}/quote").json()
    moves.buy({sell_pool: 1}, by=acme_owner)
    said = decider.post(f"{address}/approve", {"fingerprint": before["fingerprint"]})
    assert refusal(said) == (409, "stale")
    assert said.json()["quote"] == decider.get(f"{address}/quote").json()
    assert moves.numbers(sell_pool)[0] == 6


def test_much_is_confirmed(decider: Program, sell_pool: SeatPool, acme_admin: Membership) -> None:
    address = f"requests/{public_id('req', moves.ask(sell_pool, 60, by=acme_admin).pk)}"
    body = {"fingerprint": decider.get(f"{address}/quote").json()["fingerprint"]}
    assert refusal(decider.post(f"{address}/approve", body)) == (409, "unconfirmed")
    said = decider.post(f"{address}/approve", {**body, "confirmed": True})
    assert said.json()["status"] == "approved"


def test_declined_with_a_note(
    decider: Program, sell_pool: SeatPool, acme_admin: Membership
) -> None:
    address = f"requests/{public_id('req', moves.ask(sell_pool, 2, by=acme_admin).pk)}"
    assert refusal(decider.post(f"{address}/decline", {"note": " "})) == (422, "invalid")
    said = decider.post(f"{address}/decline", {"note": "Not this year."}).json()
    assert (said["status"], said["note"]) == ("declined", "Not this year.")


def test_what_the_representative_decides_no_token_decides(
    initech_owner: Membership, initech_admin: Membership, initech_pool: SeatPool
) -> None:
    """R19."""
    asked = moves.ask(initech_pool, 2, by=initech_admin)
    program = Program(token(initech_owner)[1])
    address = f"requests/{public_id('req', asked.pk)}"
    for said in (
        program.get(f"{address}/quote"),
        program.post(f"{address}/approve", {"fingerprint": "x"}),
        program.post(f"{address}/decline", {"note": "No."}),
    ):
        assert refusal(said) == (403, "not_allowed")
    # In a sales-managed account everybody asks.
    assert ask(program, initech_pool).json()["code"] == "open_request"
