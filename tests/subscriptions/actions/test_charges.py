"""The ledger of money: what each line costs, for which days and why (D16)."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Channel, Membership
from subscriptions.actions import add_line, renew
from subscriptions.models import Charge, ChargeKind, LinePrice, Order, SeatPool, Subscription
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents
from tests import cast, moves
from tests.cast import Catalogue

NOON_IN_MARCH = datetime(2027, 3, 5, 12, tzinfo=UTC)


def charged(kind: ChargeKind) -> list[tuple[int, int, int, int, int]]:
    """Seats, unit price, days, of days and cents of every charge of a kind, oldest first."""
    rows = Charge.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("seats", "unit_cents", "days", "of_days", "cents"))


def test_a_new_line_is_charged_from_its_day_to_the_end_of_the_period(
    acme_subscription: Subscription, catalogue: Catalogue
) -> None:
    """8 of the 30 days of November are left on the 23rd: 5 × 49.00 × 8 / 30."""
    line = add_line(
        subscription=acme_subscription, plan=catalogue.sell, pool=None, seats=5,
        by=cast.SETUP, at=cast.NOW,
    )  # fmt: skip
    [charge] = Charge.objects.all()
    assert (charge.kind, charge.line, charge.cents) == (ChargeKind.FIRST_PERIOD, line, 6533)
    assert (charge.period_from, charge.period_to) == (date(2026, 11, 23), date(2026, 12, 1))
    assert charge.seat_change is not None
    assert charge.seat_change.cents == 6533
    assert line.added_on == date(2026, 11, 23)
    assert [price.unit_cents for price in line.prices.all()] == [line.unit_cents]


def test_a_line_that_joins_a_pool_is_charged_for_the_seats_there(
    acme_subscription: Subscription, sell_pool: SeatPool, catalogue: Catalogue
) -> None:
    line = add_line(
        subscription=acme_subscription, plan=catalogue.talk, pool=sell_pool, seats=0,
        by=cast.SETUP, at=cast.NOW,
    )  # fmt: skip
    charge = line.charges.get()
    assert (charge.kind, charge.seats, charge.seat_change) == (ChargeKind.LINE_ADDED, 5, None)


def test_a_purchase_is_charged_line_by_line_as_it_was_quoted(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """R15, N1: the suite and what is counted with it; who bought, and through what."""
    quote = moves.price(acme_owner.account.subscription, {suite_pool: 3})
    quoted = [part.cents for change in quote.changed for part in change.charges]
    order = moves.buy({suite_pool: 3}, by=acme_owner)
    rows = order.charges.order_by("pk")
    assert [row.cents for row in rows] == quoted
    assert sum(quoted) == order.charged_cents
    assert {row.seat_change for row in rows} == {order.changes.get()}
    assert {(row.by, row.channel) for row in rows} == {(acme_owner.user, Channel.PAGE)}
    assert {(row.days, row.of_days, row.seats) for row in rows} == {(8, 30, 3)}


def test_a_form_sent_twice_is_charged_once(acme_owner: Membership, sell_pool: SeatPool) -> None:
    quote = moves.price(acme_owner.account.subscription, {sell_pool: 1})
    for _click in range(2):
        moves.buy_as_shown(quote, {sell_pool: 1}, by=acme_owner, idempotency_key="form")
    assert len(charged(ChargeKind.PURCHASE)) == Order.objects.count() == 1


def test_fewer_seats_cost_nothing_and_give_nothing_back(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D3: without a refund."""
    before = Charge.objects.count()
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    assert Charge.objects.count() == before


def test_a_renewal_three_months_late_leaves_three_charges_for_each_line(
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """Each as the page said before, to the cent; what was to go went with the first of them."""
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    subscription = Subscription.objects.get()
    shown = next_period_cents(subscription, pools_of(subscription))
    assert renew(subscription=subscription, at=datetime(2027, 2, 5, 12, tzinfo=UTC))
    rows = Charge.objects.filter(kind=ChargeKind.RENEWAL)
    starts = [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert sorted(set(rows.values_list("period_from", flat=True))) == starts
    assert rows.count() == 3 * 3
    for start in starts:
        assert sum(row.cents for row in rows.filter(period_from=start)) == shown
    assert set(rows.filter(line__pool=sell_pool).values_list("seats", flat=True)) == {3}
    assert not renew(subscription=subscription, at=datetime(2027, 2, 5, 12, tzinfo=UTC))
    assert rows.count() == 3 * 3


def test_who_buys_after_a_late_renewal_pays_for_both(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """The renewal comes first, on sight; the purchase is for what is left of its period."""
    moves.buy({sell_pool: 1}, by=acme_owner, at=NOON_IN_MARCH)
    assert len(charged(ChargeKind.RENEWAL)) == 4
    [(seats, _unit, days, of_days, _cents)] = charged(ChargeKind.PURCHASE)
    assert (seats, days, of_days) == (1, 27, 31)


def test_a_price_is_for_the_paid_period_even_for_who_waited_for_the_renewal(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """Asked at the last second of a period, answered in the next one: a whole period is left."""
    subscription = Subscription.objects.get()
    renew(subscription=subscription, at=datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC))
    last_second = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    moves.buy({sell_pool: 1}, by=acme_owner, at=last_second)
    [(_seats, unit, days, of_days, cents)] = charged(ChargeKind.PURCHASE)
    assert (days, of_days, cents) == (31, 31, unit)


@pytest.mark.parametrize("model", [Charge, LinePrice])
def test_money_is_never_changed_or_deleted(
    sell_pool: SeatPool, model: type[Charge | LinePrice]
) -> None:
    """D9, D16."""
    row = model.objects.latest("pk")
    for change in (row.save, row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
