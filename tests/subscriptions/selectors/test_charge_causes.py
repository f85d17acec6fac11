"""What `check_seats` says of a charge that adds up, and was made for another reason or time."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Membership
from subscriptions.actions import add_line, renew
from subscriptions.models import Charge, ChargeKind, SeatChange, SeatPool, Subscription
from tests import cast, keys, moves
from tests.cast import Catalogue
from tests.kept import kept
from tests.subscriptions.selectors.test_charge_checks import forge
from tests.subscriptions.selectors.test_integrity import check, complaint

RENEWED = datetime(2026, 12, 2, tzinfo=UTC)


@kept
def history(
    acme_owner: Membership, sell_pool: SeatPool, suite_pool: SeatPool, catalogue: Catalogue
) -> None:
    """Of every kind: bought, reduced at renewal, a line added to a pool, bought again."""
    moves.buy({sell_pool: 3}, by=acme_owner)
    moves.set_numbers({sell_pool: 4}, by=acme_owner)
    renew(subscription=Subscription.objects.get(), at=RENEWED)
    add_line(
        subscription=Subscription.objects.get(), plan=catalogue.talk, pool=sell_pool, seats=0,
        by=cast.SETUP, at=datetime(2026, 12, 7, tzinfo=UTC),
    )  # fmt: skip
    moves.buy({suite_pool: 2}, by=acme_owner, at=datetime(2026, 12, 9, tzinfo=UTC))
    assert "accounted for" in check()


CHARGE = "UPDATE subscriptions_charge SET"
OF_RENEWAL = "WHERE kind = 'renewal' AND seats = 4"
OF_TALK = "WHERE kind = 'line_added' AND period_from = '2026-12-07'"

FORGERIES = {
    "a renewal of a number the pool had once": (
        f"{CHARGE} seats = 8, cents = 8 * unit_cents * months {OF_RENEWAL}",
        "is for 8 seats, which the ledger never says of then",
    ),
    "a line added to a number the pool had once": (
        f"{CHARGE} seats = 8, cents = cents * 2 {OF_TALK}",
        "is for 8 seats, which the ledger never says of then",
    ),
    "a renewal of a year": (
        f"{CHARGE} months = 12, cents = 12 * cents {OF_RENEWAL}",
        "is for 12 months, but a period has 1",
    ),
    "a line added to a shorter period": (
        f"{CHARGE} of_days = days, cents = seats * unit_cents * months {OF_TALK}",
        "of 2026-12-07 is for 2026-12-07 to 2027-01-01",
    ),
    "a purchase of other days": (
        f"{CHARGE} period_from = '2027-05-09', period_to = '2027-06-01' WHERE days = 23",
        "is for 2027-05-09 to 2027-06-01",
    ),
    "a purchase of another period": (
        f"{CHARGE} period_from = '2027-01-09', period_to = '2027-02-01' WHERE days = 23",
        "is for 2027-01-09 to 2027-02-01",
    ),
    "a renewal before its period": (
        f"{CHARGE} at = '2026-11-29 00:00:00+00:00' {OF_RENEWAL}",
        "of 2026-11-29 is for 2026-12-01 to 2027-01-01",
    ),
    "a first period that is said to have been charged before": (
        f"{CHARGE} kind = 'cut_over', days = 0, cents = 0, seat_change_id = NULL"
        " WHERE kind = 'first_period'",
        "is a cut-over that no migration made",
    ),
    "a line that is said to have been charged before, by the migration": (
        f"{CHARGE} kind = 'cut_over', days = 0, cents = 0, command = 'migrate' {OF_TALK}",
        "is a cut-over that no migration made",
    ),
    "a purchase at another moment": (
        f"{CHARGE} at = '2026-12-09 01:00:00+00:00' WHERE days = 23",
        "and its order do not say the same of who and when",
    ),
    "a first period at another moment": (
        f"{CHARGE} at = '2026-11-01 07:00:00+00:00' WHERE kind = 'first_period'",
        "and the opening of its pool do not say the same of who and when",
    ),
    "a purchase through another channel": (
        f"{CHARGE} channel = 'import' WHERE days = 23",
        "and its order do not say the same of who and when",
    ),
    "an order at another moment": (
        "UPDATE subscriptions_order SET placed_at = '2020-01-01 00:00:00+00:00'",
        "do not say the same of when and whose",
    ),
    "an order in another currency": (
        "UPDATE subscriptions_order SET currency = 'USD' WHERE charged_cents = 0",
        "is in USD, which its subscription is not",
    ),
    "a row of seats that cost more": (
        "UPDATE subscriptions_seatchange SET cents = 100 WHERE kind = 'renewed'",
        "says 100 cents, its charges 0",
    ),
    "a subscription of years": (
        "UPDATE subscriptions_subscription SET cycle = 'annual'",
        "is for 1 months, but a period has 12",
    ),
    "a subscription that started on another day": (
        "UPDATE subscriptions_subscription SET started_on = '2026-11-15'",
        "subscription: is paid for 2026-12-01 to 2027-01-01, but its period is",
    ),
    "a period that starts on another day": (
        "UPDATE subscriptions_subscription SET period_start = '2026-12-20'",
        "subscription: is paid for 2026-12-20 to 2027-01-01, but its period is",
    ),
    "a line that is older than its charges": (
        "UPDATE subscriptions_line SET added_on = '2020-11-30'",
        "which has another first day",
    ),
    "a first price from another day": (
        "UPDATE subscriptions_lineprice SET from_day = '2020-01-01'",
        "which has another first day",
    ),
    "a line that had ended": (
        "UPDATE subscriptions_line SET ended_on = '2026-11-30' WHERE added_on < '2026-11-30'",
        "begins on 2026-12-01, after its line ended",
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_what_adds_up_and_is_not_so_is_told(history: None, what: str) -> None:
    sql, says = FORGERIES[what]
    forge(sql)
    assert says in complaint()


@pytest.mark.parametrize("kind", [ChargeKind.FIRST_PERIOD, ChargeKind.PURCHASE])
def test_seats_that_were_never_charged_are_told(history: None, kind: ChargeKind) -> None:
    """The row of seats says what they cost, and nothing charges it."""
    change = SeatChange.objects.filter(charges__kind=kind).latest("pk")
    forge("DELETE FROM subscriptions_charge WHERE seat_change_id = %s", change.pk)
    assert f"row {change.pk} says {change.cents} cents, its charges 0" in complaint()


def test_what_was_bought_while_others_waited_is_no_fault(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """Asked in the last second of a period, answered after the renewal: rows out of order."""
    first_second = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)
    last_second = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    renew(subscription=Subscription.objects.get(), at=first_second)
    moves.buy({sell_pool: 1}, by=acme_owner, at=last_second)
    assert "accounted for" in check()


def test_a_credit_without_a_cause_is_refused(history: None) -> None:
    charge = Charge.objects.filter(kind=ChargeKind.RENEWAL).latest("pk")
    charge.pk, charge._state.adding = None, True
    charge.kind, charge.cents = ChargeKind.CREDIT, -charge.cents
    with pytest.raises(IntegrityError, match="charge_cause"), transaction.atomic():
        charge.save()


def test_a_pool_without_seats_is_renewed_for_nothing(sell_pool: SeatPool) -> None:
    """No action empties a pool whose lines go on; one that is empty stops nobody's renewal."""
    forge("UPDATE subscriptions_seatpool SET seats = 0, seats_at_renewal = 0")
    charges = Charge.objects.count()
    assert renew(subscription=Subscription.objects.get(), at=RENEWED)
    assert Charge.objects.count() == charges


def test_a_purchase_by_one_program_that_is_charged_as_anothers(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    one, other = (keys.token(acme_owner)[0] for _ in range(2))
    moves.buy({sell_pool: 1}, by=Actor.through_token(one))
    assert "accounted for" in check()
    forge(f"{CHARGE} token_id = {other.pk} WHERE kind = 'purchase'")
    assert "and its order do not say the same of who and when" in complaint()
