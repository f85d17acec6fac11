"""D6, D19: a key is its sender's own, and what is sent twice with it is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.actions.idempotency import purge
from accounts.actors import Actor
from accounts.models import IdempotencyRecord, Membership
from accounts.permissions import Scope
from subscriptions.models import Order, SeatPool
from subscriptions.rules.quotes import Quote
from tests import keys, moves
from tests.cast import NOW
from tests.refusals import refused


def program(maker: Membership, *scopes: Scope) -> Actor:
    return Actor.through_token(keys.token(maker, *scopes)[0])


def send(quote: Quote, pool: SeatPool, by: moves.Who, seats: int = 1) -> Order:
    return moves.buy_as_shown(quote, {pool: seats}, by=by, idempotency_key="key")


@pytest.fixture
def quote(sell_pool: SeatPool) -> Quote:
    return moves.price(sell_pool.subscription, {sell_pool: 1})


def test_what_a_program_sends_again_is_done_once(
    acme_owner: Membership, sell_pool: SeatPool, quote: Quote
) -> None:
    by = program(acme_owner)
    assert send(quote, sell_pool, by) == send(quote, sell_pool, by)
    with refused("used_key"):
        send(quote, sell_pool, by, seats=2)
    record = IdempotencyRecord.objects.get(key="key")
    assert (record.member, record.token) == (None, by.token)


def test_a_key_is_of_one_token_and_its_maker_has_others(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    senders = (program(acme_owner), program(acme_owner), acme_owner)
    for by in senders:
        send(moves.price(sell_pool.subscription, {sell_pool: 1}), sell_pool, by)
    assert Order.objects.count() == 3
    with refused("used_form"):
        send(moves.price(sell_pool.subscription, {sell_pool: 1}), sell_pool, acme_owner, seats=2)


def test_what_was_refused_may_be_sent_again(
    acme_owner: Membership, sell_pool: SeatPool, quote: Quote
) -> None:
    token = keys.token(acme_owner, Scope.READ_SUBSCRIPTION)[0]
    with refused("not_allowed"):
        send(quote, sell_pool, Actor.through_token(token))
    token.scopes = [Scope.BUY_SEATS]
    assert send(quote, sell_pool, Actor.through_token(token)).token == token


def test_a_record_is_of_a_member_or_of_a_token(acme_owner: Membership) -> None:
    token = keys.token(acme_owner)[0]
    for member, by in ((None, None), (acme_owner, token)):
        with pytest.raises(IntegrityError, match="of_one"), transaction.atomic():
            IdempotencyRecord.objects.create(member=member, token=by, key="key", at=NOW)


def test_a_record_is_kept_for_30_days(
    acme_owner: Membership, sell_pool: SeatPool, quote: Quote
) -> None:
    by, days = program(acme_owner), timedelta(days=30)
    order = send(quote, sell_pool, by)
    assert purge(at=NOW + days) == 0
    assert send(quote, sell_pool, by) == order
    assert purge(at=NOW + days + timedelta(seconds=1)) == 1
    # The order itself is history.
    assert Order.objects.get() == order


def test_the_worker_purges_old_records(acme_owner: Membership, clock: Any) -> None:
    for days, key in ((31, "old"), (29, "young")):
        IdempotencyRecord.objects.create(member=acme_owner, key=key, at=NOW - timedelta(days=days))
    call_command("deliver_outbox", once=True)
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["young"]


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_in_flight_a_program_is_told_to_come_back(
    acme_owner: Membership, sell_pool: SeatPool, quote: Quote
) -> None:
    """On SQLite, where one transaction writes at a time, it waits and gets the first's result."""
    by, is_placed, may_end = program(acme_owner), Event(), Event()

    def first() -> int:
        try:
            with transaction.atomic():
                order = send(quote, sell_pool, by)
                is_placed.set()
                assert may_end.wait(60)
            return order.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        placed = thread.submit(first)
        assert is_placed.wait(60)
        try:
            if connection.vendor == "postgresql":
                with refused("in_flight"):
                    send(quote, sell_pool, by)
        finally:
            may_end.set()
        if connection.vendor == "postgresql":
            placed.result(60)
        assert send(quote, sell_pool, by).pk == placed.result()
    assert Order.objects.count() == 1
