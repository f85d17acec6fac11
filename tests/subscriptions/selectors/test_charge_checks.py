"""What `check_seats` says of the ledger of money: one test plants each fault."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import Membership
from subscriptions.actions import renew
from subscriptions.models import Charge, ChargeKind, Line, Order, SeatPool, Subscription
from tests import cast, moves
from tests.kept import kept
from tests.subscriptions.selectors.test_integrity import check, complaint


def forge(sql: str, *values: int | date | str) -> None:
    """Write history as only somebody with the database itself could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for table in ("charge", "seatchange", "lineprice"):
                for event in ("UPDATE", "DELETE"):
                    cursor.execute(
                        f"DROP TRIGGER IF EXISTS subscriptions_{table}_append_only_{event}"
                    )
        cursor.execute(sql, values)
        assert cursor.rowcount, "nothing forged"
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


@kept
def order(acme_owner: Membership, suite_pool: SeatPool) -> Order:
    """Three seats of two lines, some days of a period."""
    return moves.buy({suite_pool: 3}, by=acme_owner)


def test_purchases_and_renewals_are_accounted_for(
    order: Order, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    moves.set_numbers({sell_pool: 2}, by=acme_owner)
    renew(subscription=Subscription.objects.get(), at=datetime(2027, 3, 1, tzinfo=UTC))
    moves.buy({sell_pool: 7}, by=acme_owner, at=datetime(2027, 3, 9, 8, tzinfo=UTC))
    assert "accounted for" in check()


def test_a_charge_of_another_amount_is_told_three_times(order: Order) -> None:
    """The row of seats, the order and the price of its days: each says otherwise."""
    charge = order.charges.latest("pk")
    forge("UPDATE subscriptions_charge SET cents = cents + 1 WHERE id = %s", charge.pk)
    printed = complaint("--repair")
    assert f"row {order.changes.get().pk} says" in printed
    assert f"charged {order.charged_cents} cents, but its charges are" in printed
    assert "History is never rewritten" in printed


def test_a_price_that_its_days_do_not_make_is_told(order: Order) -> None:
    """Seats, price or days were other ones: the sums agree, the price does not."""
    forge("UPDATE subscriptions_charge SET days = days - 1 WHERE order_id = %s", order.pk)
    printed = complaint()
    assert f"charge {order.charges.latest('pk').pk} is " in printed
    assert "but its seats, price and days make" in printed


def test_a_charge_taken_away_is_told(order: Order) -> None:
    forge("DELETE FROM subscriptions_charge WHERE order_id = %s", order.pk)
    assert f"charged {order.charged_cents} cents, but its charges are 0" in complaint()


@pytest.mark.parametrize("kind", [ChargeKind.FIRST_PERIOD, ChargeKind.RENEWAL])
def test_a_period_of_another_amount_is_told(sell_pool: SeatPool, kind: ChargeKind) -> None:
    renew(subscription=Subscription.objects.get(), at=datetime(2026, 12, 2, tzinfo=UTC))
    charge = Charge.objects.get(kind=kind)
    forge("UPDATE subscriptions_charge SET cents = cents - 1 WHERE id = %s", charge.pk)
    says = f"is {charge.cents - 1} cents, but its seats, price and days make {charge.cents}"
    assert f"charge {charge.pk} {says}" in complaint()


def test_a_period_left_out_is_told(sell_pool: SeatPool) -> None:
    renew(subscription=Subscription.objects.get(), at=datetime(2027, 2, 2, tzinfo=UTC))
    forge("DELETE FROM subscriptions_charge WHERE period_from = %s", date(2027, 1, 1))
    assert "begins on 2027-02-01, not where the last one ended" in complaint()


def test_two_cents_moved_between_the_lines_of_a_purchase_are_told(order: Order) -> None:
    """Every sum is right; how it is shared is not."""
    more, less = order.charges.order_by("pk")
    forge("UPDATE subscriptions_charge SET cents = cents + 2 WHERE id = %s", more.pk)
    forge("UPDATE subscriptions_charge SET cents = cents - 2 WHERE id = %s", less.pk)
    printed = complaint()
    assert f"charge {more.pk} is {more.cents + 2} cents" in printed
    assert "add up" not in printed


def test_a_charge_for_seats_the_ledger_never_says_is_told(order: Order) -> None:
    charge = order.charges.latest("pk")
    forge("UPDATE subscriptions_charge SET seats = 4 WHERE id = %s", charge.pk)
    assert f"charge {charge.pk} is for 4 seats, which the ledger never says" in complaint()


def test_a_charge_at_a_price_the_line_never_had_is_told(order: Order) -> None:
    charge = order.charges.latest("pk")
    forge("UPDATE subscriptions_charge SET unit_cents = 1 WHERE id = %s", charge.pk)
    assert f"charge {charge.pk} is at 1 cents a seat, which was not the price" in complaint()


def test_a_charge_of_another_currency_is_told(order: Order) -> None:
    charge = order.charges.latest("pk")
    forge("UPDATE subscriptions_charge SET currency = 'USD' WHERE id = %s", charge.pk)
    assert f"charge {charge.pk} is not of the account, currency or pool" in complaint()


def test_a_charge_of_fewer_days_than_it_names_is_told(order: Order) -> None:
    forge(
        "UPDATE subscriptions_charge SET period_from = %s WHERE order_id = %s",
        date(2026, 11, 20), order.pk,
    )  # fmt: skip
    assert "is for 8 days, but they are 11" in complaint()


def test_a_line_that_was_not_renewed_is_told(sell_pool: SeatPool) -> None:
    end = Subscription.objects.get().period_end
    Subscription.objects.update(
        period_start=end, period_end=end + timedelta(days=31), started_on=end
    )
    assert f"is paid to {end}, but the period ends on" in complaint()


def test_a_price_changed_past_its_history_is_told(sell_pool: SeatPool) -> None:
    line = Line.objects.get()
    Line.objects.update(unit_cents=line.unit_cents + 100)
    assert f"its history of prices ends at {line.unit_cents}" in complaint()


def test_what_was_charged_before_the_cut_over_is_not_asked_for(
    order: Order, cut_over: Callable[[], None]
) -> None:
    cut_over()
    assert "accounted for" in check()


@pytest.fixture
def cut_over() -> Callable[[], None]:
    """As a migrated database is: one row per line, and nothing of the time before."""

    def done() -> None:
        lines = list(Line.objects.select_related("pool__subscription"))
        forge("DELETE FROM subscriptions_charge WHERE id > 0")
        for line in lines:
            subscription = line.pool.subscription
            Charge.objects.create(
                account_id=subscription.account_id, line=line, kind=ChargeKind.CUT_OVER,
                at=cast.NOW + timedelta(hours=1), channel="system", command="migrate",
                period_from=subscription.period_start, period_to=subscription.period_end,
                seats=line.pool.seats, unit_cents=line.unit_cents, months=subscription.months,
                days=0, of_days=30, cents=0, currency=subscription.currency,
            )  # fmt: skip

    return done
