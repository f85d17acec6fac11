"""D6, D19: a program that sends one request many times at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.actors import Actor
from accounts.models import Membership
from core.api.ids import public_id
from subscriptions.models import Order, SeatPool
from tests import keys, moves
from tests.concurrency.crowd import DONE, Crowd, tally


def test_one_request_sent_ten_times_at_once_buys_once(
    crowd: Callable[[int], Crowd], acme_owner: Membership, sell_pool: SeatPool
) -> None:
    people, by = crowd(10), Actor.through_token(keys.token(acme_owner)[0])
    for number in range(5):
        quote = moves.price(acme_owner.account.subscription, {sell_pool: 2})
        send = partial(moves.buy_as_shown, quote, {sell_pool: 2}, by=by)
        results = people.race([partial(send, idempotency_key=f"key-{number}")] * 10)
        counted = tally(results)
        assert counted[DONE] + counted["in_flight"] == 10
        assert len({result.pk for result in results if isinstance(result, Order)}) == 1
        assert connection.vendor == "postgresql" or not counted["in_flight"]
        assert moves.numbers(sell_pool)[0] == 5 + 2 * (number + 1)
    assert set(Order.objects.values_list("token", flat=True)) == {by.token and by.token.pk}


def test_of_ten_orders_of_one_quote_one_is_placed(
    crowd: Callable[[int], Crowd], acme_owner: Membership, sell_pool: SeatPool, clock: None
) -> None:
    """The others are told that it is stale, and how it stands now."""
    people, key = crowd(10), keys.token(acme_owner)[1]
    pool = public_id("pool", sell_pool.pk)

    def send(fingerprint: str) -> tuple[int, int]:
        body = {"seats": [{"pool": pool, "add": 2}], "fingerprint": fingerprint}
        said = keys.Program(key).post("orders", body, Idempotency_Key=uuid4().hex)
        shown = said.json()["pools" if said.status_code == 201 else "quote"]
        shown = shown if isinstance(shown, list) else shown["pools"]
        return said.status_code, shown[0]["purchased_before"]

    for round_number in range(5):
        fingerprint = moves.price(acme_owner.account.subscription, {sell_pool: 2}).fingerprint
        results = people.race([partial(send, fingerprint)] * 10)
        before = 5 + 2 * round_number
        assert sorted(results) == [(201, before), *[(409, before + 2)] * 9]
        assert moves.numbers(sell_pool)[0] == before + 2


def test_of_ten_changes_of_what_was_read_one_is_made(
    crowd: Callable[[int], Crowd], acme_owner: Membership, acme_agent: Membership, clock: None
) -> None:
    """With If-Match, the others are told that they have not seen how it is now."""
    people, key = crowd(10), keys.token(acme_owner)[1]
    address = f"members/{public_id('mem', acme_agent.pk)}"

    def rename(seen: str, number: int) -> int:
        body = {"name": f"Name {number}"}
        status: int = keys.Program(key).send("PATCH", address, body, If_Match=seen).status_code
        return status

    for round_number in range(5):
        seen = keys.Program(key).get(address)["ETag"]
        jobs = [partial(rename, seen, 10 * round_number + number) for number in range(10)]
        assert sorted(people.race(jobs)) == [200, *[412] * 9]


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_still_being_placed_is_answered_with_in_flight(
    acme_owner: Membership, sell_pool: SeatPool, clock: None
) -> None:
    """On SQLite, where one transaction writes at a time, the second waits instead."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    (row, key), is_placed, may_end = keys.token(acme_owner), Event(), Event()
    quote = moves.price(acme_owner.account.subscription, {sell_pool: 2})
    body = {
        "seats": [{"pool": public_id("pool", sell_pool.pk), "add": 2}],
        "fingerprint": quote.fingerprint,
    }

    def send() -> Any:
        return keys.Program(key).post("orders", body, Idempotency_Key="one-key")

    def first() -> str:
        """The same order, whose transaction stays open: only its action, since a whole request
        held open would also hold the token's row, where its last use is noted."""
        by = Actor.through_token(row)
        try:
            with transaction.atomic():
                order = moves.buy_as_shown(quote, {sell_pool: 2}, by=by, idempotency_key="one-key")
                is_placed.set()
                assert may_end.wait(60)
            return public_id("ord", order.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        placed = thread.submit(first)
        try:
            assert is_placed.wait(60)
            meanwhile = send()
        finally:
            may_end.set()
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "in_flight")
    assert "quote" not in meanwhile.json()
    again = send()
    assert (again.status_code, again.json()["id"]) == (201, placed.result())
    assert moves.numbers(sell_pool)[0] == 7
