"""The vendor's people at the same moment as each other, as buyers and as the renewal: D6, D15.

Each was shown what would happen before anybody acted, so that they are always in each other's
way: of two that cannot both be right, one is told that something changed.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Account, Membership, User
from subscriptions.actions import carry_out, propose, renew
from subscriptions.models import Charge, ChargeKind, Cycle, Order, SeatPool, Subscription
from subscriptions.rules.changes import (
    AddLine,
    AgreePrice,
    CancelSubscription,
    Change,
    ChangeCycle,
    ChangePlan,
    ChangeSeats,
    EndLine,
    SetTerms,
)
from subscriptions.rules.quotes import Timing
from tests import cast, moves
from tests.cast import Catalogue
from tests.concurrency.crowd import Crowd, Job
from tests.concurrency.test_last_seats import take
from tests.factories import PlanFactory

Gather = Callable[[int], Crowd]
# What is wanted of a pool.
Want = Callable[[SeatPool], Change]
DUE = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)

FEWER: Want = lambda pool: ChangeSeats(pool.pk, pool.seats - 1, Timing.NOW, credit=True)  # noqa: E731
MORE: Want = lambda pool: ChangeSeats(pool.pk, pool.seats + 2, Timing.NOW)  # noqa: E731
ENDED: Want = lambda pool: EndLine(pool.lines.standing().get().pk, Timing.NOW, credit=True)  # noqa: E731
ENDING: Want = lambda pool: EndLine(pool.lines.standing().get().pk)  # noqa: E731
CANCELLED: Want = lambda pool: CancelSubscription()  # noqa: E731
YEARLY: Want = lambda pool: ChangeCycle(Cycle.ANNUAL)  # noqa: E731
CHEAPER: Want = lambda pool: AgreePrice(pool.lines.standing().get().pk, 1001, Timing.NOW)  # noqa: E731
BOUND: Want = lambda pool: SetTerms({pool.pk: pool.seats})  # noqa: E731


def upgraded(pool: SeatPool) -> Change:
    line = pool.lines.get()
    higher = PlanFactory.create(product=line.plan.product, tier=uuid4().hex[:6], cents=19900)
    return ChangePlan(line.pk, higher.pk)


def send(
    account: Account, what: Change, by: User, at: datetime = cast.NOW, *, key: str = ""
) -> Job:
    """The form of a change that was shown now."""
    subscription = Subscription.objects.select_related("account").get(account=account)
    shown = propose(subscription=subscription, change=what, by=by, at=cast.NOW)
    return partial(
        carry_out, subscription=subscription, change=what, quote_fingerprint=shown.fingerprint,
        idempotency_key=key or uuid4().hex, reason="Agreed by phone.", by=by, at=at,
    )  # fmt: skip


def done(results: Iterable[object]) -> int:
    return sum(not isinstance(result, ValidationError) for result in results)


@pytest.fixture
def account(acme: Account, rep: User) -> Account:
    """Acme, served by the representative."""
    acme.representative = rep
    acme.save()
    return acme


def test_the_same_form_at_one_moment_is_one_order(
    crowd: Gather, account: Account, sell_pool: SeatPool, rep: User
) -> None:
    people = crowd(10)
    for number in range(5):
        sell_pool.refresh_from_db()
        form = send(account, MORE(sell_pool), rep, key=f"form-{number}")
        orders = people.race([form] * 10)
        assert len({order.pk for order in orders}) == 1
    assert moves.numbers(sell_pool)[0] == 5 + 2 * 5
    assert Charge.objects.filter(kind=ChargeKind.PURCHASE).count() == 5


@pytest.mark.parametrize(
    "wanted", [MORE, FEWER, ENDED, ENDING, CANCELLED, YEARLY, CHEAPER, BOUND, upgraded]
)
def test_the_same_change_by_two_is_done_once(
    crowd: Gather, account: Account, sell_pool: SeatPool, rep: User, root: User, wanted: Want
) -> None:
    what = wanted(sell_pool)
    results = crowd(2).race([send(account, what, by) for by in (rep, root)])
    assert done(results) == 1
    assert Order.objects.count() == 1


def test_the_same_product_is_added_once(
    crowd: Gather, account: Account, sell_pool: SeatPool, catalogue: Catalogue, rep: User,
    root: User,
) -> None:  # fmt: skip
    what = AddLine(catalogue.talk.pk, seats=3)
    results = crowd(2).race([send(account, what, by) for by in (rep, root)])
    assert done(results) == 1


@pytest.mark.parametrize("first", [MORE, FEWER, ENDED, ENDING, CHEAPER, upgraded])
@pytest.mark.parametrize("second", [FEWER, ENDED, CANCELLED, YEARLY, CHEAPER, BOUND])
def test_of_two_changes_at_once_one_is_stale_or_both_are_right(
    crowd: Gather, account: Account, sell_pool: SeatPool, rep: User, root: User, first: Want,
    second: Want,
) -> None:  # fmt: skip
    """What is right is counted again afterwards, to the cent."""
    cast.fill(sell_pool, 5)
    jobs = [send(account, first(sell_pool), rep), send(account, second(sell_pool), root)]
    results = crowd(2).race(jobs)
    assert done(results) == Order.objects.count() >= 1
    renew(subscription=account.subscription, at=DUE)


@pytest.mark.parametrize("wanted", [FEWER, ENDED, ENDING, CANCELLED, CHEAPER, upgraded])
def test_a_buyer_who_was_shown_something_else_is_told(
    crowd: Gather, account: Account, acme_owner: Membership, sell_pool: SeatPool, rep: User,
    wanted: Want,
) -> None:  # fmt: skip
    """Seats are bought while the line ends, its plan or price changes, or all is cancelled."""
    cast.fill(sell_pool, 5)
    counts = {sell_pool: 2}
    quote = moves.price(account.subscription, counts)
    buys = partial(moves.buy_as_shown, quote, counts, by=acme_owner, idempotency_key="buying")
    results = crowd(2).race([buys, send(account, wanted(sell_pool), rep)])
    # To cancel says nothing of how many seats there are until then.
    assert done(results) == 1 or (wanted is CANCELLED and done(results) == 2)
    renew(subscription=account.subscription, at=DUE)


def test_who_takes_the_last_seat_of_a_pool_that_ends_loses_it_by_name_or_gets_none(
    crowd: Gather, account: Account, acme_admin: Membership, catalogue: Catalogue, rep: User
) -> None:
    people = crowd(2)
    for _number in range(10):
        added = moves.change(account.subscription, AddLine(catalogue.talk.pk, seats=1), rep)
        pool = added.charges.get().line.pool
        ends = send(account, ENDED(pool), rep)
        results = people.race([ends, partial(take, pool, acme_admin)])
        # Who was not shown is not taken anything from.
        assert done(results) == 1
        if not isinstance(results[0], Order):
            assert moves.numbers(pool) == (1, 1, 1)
            moves.change(account.subscription, ENDED(pool), rep)
        assert moves.numbers(pool) == (0, 0, 0)


@pytest.mark.parametrize("wanted", [MORE, FEWER, ENDED, ENDING, YEARLY, CHEAPER])
def test_what_was_shown_before_the_renewal_is_not_done_after_it(
    crowd: Gather, account: Account, sell_pool: SeatPool, suite_pool: SeatPool, rep: User,
    wanted: Want,
) -> None:  # fmt: skip
    """And the renewal, with what was agreed for it, happens once."""
    line = suite_pool.lines.first()
    assert line
    moves.change(account.subscription, AgreePrice(line.pk, 777), rep)
    sell_pool.refresh_from_db()
    renews = partial(renew, subscription=account.subscription, at=DUE)
    results = crowd(3).race([send(account, wanted(sell_pool), rep, DUE), renews, renews])
    assert done(results) == 2
    assert sorted(results[1:]) == [False, True]
    assert Charge.objects.filter(kind=ChargeKind.RENEWAL, line=line).count() == 1


def test_nobody_buys_in_a_subscription_that_ends_at_that_moment(
    crowd: Gather, account: Account, acme_owner: Membership, sell_pool: SeatPool, rep: User
) -> None:
    moves.change(account.subscription, CancelSubscription(), rep)
    counts = {sell_pool: 1}
    quote = moves.price(Subscription.objects.get(account=account), counts)
    buys = partial(
        moves.buy_as_shown, quote, counts, by=acme_owner, at=DUE, idempotency_key="buying"
    )
    results = crowd(2).race([buys, partial(renew, subscription=account.subscription, at=DUE)])
    assert results[1] is True
    assert isinstance(results[0], ValidationError)
