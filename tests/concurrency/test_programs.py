"""D6, D19: a program that sends one request many times at once."""

from collections.abc import Callable
from functools import partial

from django.db import connection

from accounts.actors import Actor
from accounts.models import Membership
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
