"""D6, D19: a program that sends one request many times at once."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from django.db import connection

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
