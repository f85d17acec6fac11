"""Programs that all want the last seats, and send one order many times, over HTTP (D5, D6, D19)."""

import json
from collections.abc import Callable
from functools import partial

from accounts.models import Membership
from core.api.ids import public_id
from subscriptions.models import Order, SeatPool
from tests import keys, moves
from tests.concurrency.crowd import Crowd
from tests.concurrency.served import Caller, Server, statuses

Gather = Callable[[int], Crowd]
SEATS, ROUNDS, ROUNDS_OF_SOAK = 5, 10, 50


def caller(server: Server, owner: Membership) -> Caller:
    return Caller(server.port, keys.token(owner, days=keys.FOR_GOOD)[1])


def test_twenty_callers_want_the_last_five_seats_round_after_round(
    crowd: Gather,
    server: Server,
    acme_owner: Membership,
    admins: list[Membership],
    sell_pool: SeatPool,
    soak: float,
) -> None:
    """Five get one, fifteen are told that there is none, and nobody sees an error."""
    people, pool = crowd(len(admins)), public_id("pool", sell_pool.pk)
    callers = [caller(server, acme_owner) for _admin in admins]
    addresses = [f"pools/{pool}/seats/{public_id('mem', admin.pk)}" for admin in admins]
    for _round in range(ROUNDS_OF_SOAK if soak else ROUNDS):
        asking = [
            partial(one.send, "PUT", address)
            for one, address in zip(callers, addresses, strict=True)
        ]
        answers = people.race(asking)
        assert statuses(answers) == [200] * SEATS + [409] * (len(admins) - SEATS)
        refused = {json.loads(each.text)["code"] for each in answers if each.status == 409}
        assert refused == {"no_seat"}
        assert moves.numbers(sell_pool)[:2] == (SEATS, SEATS)
        # All give it back at once, those without one too.
        returning = [
            partial(one.send, "DELETE", address)
            for one, address in zip(callers, addresses, strict=True)
        ]
        assert statuses(people.race(returning)) == [200] * len(admins)
        assert moves.numbers(sell_pool)[:2] == (SEATS, 0)


def test_an_order_sent_ten_times_at_once_is_placed_once(
    crowd: Gather, server: Server, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """Who comes while the first is worked on is told to come back, and then gets its answer."""
    program = caller(server, acme_owner)
    wanted = {"seats": [{"pool": public_id("pool", sell_pool.pk), "add": 2}]}
    quote = json.loads(program.send("POST", "quotes", wanted).text)
    body = {**wanted, "fingerprint": quote["fingerprint"]}
    send = partial(program.send, "POST", "orders", body, "one-key")
    answers = crowd(10).race([send] * 10)
    placed = {json.loads(each.text)["id"] for each in answers if each.status == 201}
    others = {json.loads(each.text)["code"] for each in answers if each.status != 201}
    assert len(placed) == 1
    assert others <= {"in_flight"}
    again = send()
    assert (again.status, json.loads(again.text)["id"]) == (201, placed.pop())
    assert moves.numbers(sell_pool)[0] == 7
    assert Order.objects.count() == 1
