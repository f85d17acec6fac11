"""The numbers of a pool and who would lose a seat: R16, R20, D4, D12, N2, N3."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.models import SeatPool, Subscription
from subscriptions.rules.order_of_loss import Holder, choose_displaced
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot, needs_full_cart
from subscriptions.selectors.routes import ways_to_seats
from subscriptions.selectors.seats import holders, pools_of
from tests import cast
from tests.cast import OPENED, Catalogue

POOL = PoolSnapshot(
    id=1, name="Sell", purchased=5, assigned=2, at_renewal=4, is_legacy=False, is_main=False,
    lines=(),
)  # fmt: skip
LINE = LineSnapshot(
    id=1,
    product="Sell",
    tier="Growth",
    includes=(),
    is_add_on=False,
    unit_cents=4900,
    plan=1,
    product_id=1,
)


@pytest.mark.parametrize(
    ("assigned", "is_low", "is_last_seat", "is_full"),
    [(3, False, False, False), (4, True, True, False), (5, True, False, True)],
)
def test_the_last_seat_and_none_are_told_apart(
    assigned: int, is_low: bool, is_last_seat: bool, is_full: bool
) -> None:
    """R20, D12."""
    pool = replace(POOL, assigned=assigned)
    assert (pool.is_low, pool.is_last_seat, pool.is_full) == (is_low, is_last_seat, is_full)


def test_the_four_numbers_are_never_mixed(
    acme_subscription: Subscription, suite_nine_of_ten: SeatPool, sell_two_of_five: SeatPool
) -> None:
    suite, sell = pools_of(acme_subscription)
    assert (suite.purchased, suite.assigned, suite.available, suite.at_renewal) == (10, 9, 1, 10)
    assert (sell.purchased, sell.assigned, sell.available, sell.at_renewal) == (5, 2, 3, 5)


def test_a_suite_is_one_line_and_says_what_it_includes(
    acme_subscription: Subscription, suite_pool: SeatPool
) -> None:
    """R9: the lines of one pool share one number; a seat costs what all of them cost."""
    [pool] = pools_of(acme_subscription)
    suite, add_on = pool.lines
    assert set(suite.includes) == {"Support", "Guide", "Explore", "Talk"}
    assert (suite.name, add_on.name) == ("Support Suite Professional", "Workforce Management")
    assert (suite.is_add_on, add_on.is_add_on) == (False, True)
    assert pool.unit_cents == 11500 + 2500


def test_the_support_or_suite_pool_comes_first(
    acme_owner: Membership, sell_pool: SeatPool, suite_pool: SeatPool
) -> None:
    """R16."""
    best = ways_to_seats(acme_owner, pools_of(acme_owner.account.subscription)).best
    assert best
    assert best.pool.id == suite_pool.pk


def test_without_support_or_suite_the_first_pool_does(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """R16."""
    best = ways_to_seats(acme_owner, pools_of(acme_owner.account.subscription)).best
    assert best
    assert best.pool.id == sell_pool.pk


@pytest.mark.parametrize(
    ("counts", "full"), [([7], False), ([4, 3], False), ([8], True), ([4, 4], True)]
)
def test_more_than_seven_lines_need_the_full_cart(counts: list[int], full: bool) -> None:
    """R16: lines are counted, not pools."""
    assert needs_full_cart([replace(POOL, lines=(LINE,) * count) for count in counts]) is full


def test_many_pools_are_read_in_as_many_queries_as_one(
    acme_subscription: Subscription,
    catalogue: Catalogue,
    suite_pool: SeatPool,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for plan in (catalogue.sell, catalogue.talk, catalogue.guide):
        cast.pool(acme_subscription, plan, seats=3)
    with django_assert_num_queries(3):
        assert len(pools_of(acme_subscription)) == 4


def test_those_added_last_come_first_and_the_owner_not_at_all(
    acme: Account, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """R10, D4: who was added to the account last, not who got the seat last."""
    early = cast.member(acme, "early", Role.ADMIN, at=OPENED + timedelta(hours=1))
    late = cast.member(acme, "late", Role.AGENT, sell_pool, at=OPENED + timedelta(hours=2))
    cast.give_seat(sell_pool, early)
    cast.give_seat(sell_pool, acme_owner)
    order = [holder.membership_id for holder in holders([sell_pool.pk])[sell_pool.pk]]
    assert order == [late.pk, early.pk]


def test_the_page_says_who_would_become_an_end_user(
    acme: Account, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """D4, N2: an agent whose only seat it is; not an admin, nor an agent with another."""
    only = cast.member(acme, "only", Role.AGENT, sell_pool)
    both = cast.member(acme, "both", Role.AGENT, sell_pool, suite_pool)
    admin = cast.member(acme, "boss", Role.ADMIN, sell_pool)
    becomes = {
        holder.membership_id: holder.becomes_end_user
        for holder in holders([sell_pool.pk])[sell_pool.pk]
    }
    assert becomes == {only.pk: True, both.pk: False, admin.pk: False}


def people(count: int) -> list[Holder]:
    return [Holder(pk, pk, "", "", OPENED, False, True, 0) for pk in range(count)]


@given(size=st.integers(0, 30), count=st.integers(-3, 40), data=st.data())
def test_exactly_as_many_lose_a_seat_as_there_are_too_few(
    size: int, count: int, data: st.DataObject
) -> None:
    """D4: the chosen first, then those added last; nobody twice."""
    candidates = people(size)
    chosen = data.draw(st.sets(st.integers(0, 40)))
    losing = choose_displaced(candidates, count, chosen)
    assert len(losing) == max(0, min(count, size)) == len(set(losing))
    kept = set(candidates) - set(losing)
    if any(holder.assignment_id in chosen for holder in kept):
        assert all(holder.assignment_id in chosen for holder in losing)
