"""What `check_seats` says of credits, ends and returns: one test plants each fault (D15, D16)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Account, AccountKind, Event, User
from core.models import reference
from subscriptions.actions import renew
from subscriptions.models import Charge, ChargeKind, Cycle, Line, Order, SeatPool, Subscription
from subscriptions.rules.changes import (
    AgreePrice,
    CancelSubscription,
    Change,
    ChangeCycle,
    ChangeSeats,
    EndLine,
    Reopen,
    SetTerms,
)
from subscriptions.rules.quotes import Timing
from tests import cast, moves
from tests.cast import Catalogue
from tests.kept import kept
from tests.subscriptions.selectors.test_charge_checks import forge
from tests.subscriptions.selectors.test_integrity import check, complaint

DECEMBER = datetime(2026, 12, 1, 6, tzinfo=UTC)
RETURN = datetime(2027, 1, 10, 9, tzinfo=UTC)


@kept
def vandelay(rep: User) -> Account:
    return cast.account("vandelay", AccountKind.ONLINE_ASSISTED, representative=rep)


@kept
def pool(vandelay: Account, catalogue: Catalogue) -> SeatPool:
    """Support, 10 seats; beside it Sell, 4."""
    cast.pool(vandelay.subscription, catalogue.sell, seats=4)
    return cast.pool(vandelay.subscription, catalogue.support, seats=10)


@kept
def credit(pool: SeatPool, rep: User) -> Charge:
    """Three seats given back."""
    order = moves.change(pool.subscription, ChangeSeats(pool.pk, 7, Timing.NOW, credit=True), rep)
    return order.charges.get()


def test_credits_ends_and_returns_are_accounted_for(credit: Charge, rep: User) -> None:
    subscription = credit.line.pool.subscription
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=DECEMBER)
    moves.change(subscription, Reopen(), rep, RETURN)
    assert "accounted for" in check()


def test_a_credit_above_what_was_charged_is_told(credit: Charge) -> None:
    charged = credit.credits
    assert charged
    forge("UPDATE subscriptions_charge SET cents = %s WHERE id = %s", -charged.cents - 1, credit.pk)
    printed = complaint("--repair")
    assert f"charge {credit.pk} is {-charged.cents - 1} cents, but its seats" in printed
    assert "History is never rewritten" in printed


def test_more_seats_given_back_than_were_charged_are_told(credit: Charge) -> None:
    forge("UPDATE subscriptions_charge SET seats = 11 WHERE id = %s", credit.pk)
    assert f"charge {credit.credits_id} is for 10 seats, of which more were" in complaint()


def test_a_credit_for_another_line_is_told(credit: Charge) -> None:
    other = Charge.objects.exclude(line=credit.line).get()
    forge("UPDATE subscriptions_charge SET credits_id = %s WHERE id = %s", other.pk, credit.pk)
    assert f"charge {credit.pk} gives back what was not charged" in complaint()


def test_a_renewal_of_a_line_that_had_ended_is_told(pool: SeatPool) -> None:
    """The day it ended on is the first of the period it was charged for."""
    renew(subscription=pool.subscription, at=DECEMBER)
    line = pool.lines.get()
    Line.objects.filter(pk=line.pk).update(ended_on=date(2026, 12, 1))
    assert "begins on 2026-12-01, after its line ended" in complaint()


def test_a_renewal_of_a_line_scheduled_to_end_is_told(pool: SeatPool, rep: User) -> None:
    """That it was agreed before is no leave to charge it."""
    line = pool.lines.get()
    moves.change(pool.subscription, EndLine(line.pk), rep)
    Line.objects.filter(pk=line.pk).update(ends_at_renewal=False)
    SeatPool.objects.filter(pk=pool.pk).update(seats_at_renewal=10)
    renew(subscription=Subscription.objects.get(), at=DECEMBER)
    Line.objects.filter(pk=line.pk).update(ended_on=date(2026, 12, 1))
    assert "begins on 2026-12-01, after its line ended" in complaint()


def test_a_return_that_overlaps_what_was_paid_is_told(pool: SeatPool, rep: User) -> None:
    moves.change(pool.subscription, CancelSubscription(), rep)
    renew(subscription=pool.subscription, at=DECEMBER)
    moves.change(pool.subscription, Reopen(), rep, RETURN)
    forge(
        "UPDATE subscriptions_charge SET period_from = %s WHERE kind = %s",
        date(2026, 11, 20), ChargeKind.REOPENED,
    )  # fmt: skip
    assert "begins on 2026-11-20, not where the last one ended" in complaint()


def test_an_order_whose_sum_is_not_its_charges_is_told(credit: Charge) -> None:
    Order.objects.update(charged_cents=credit.cents + 5)
    says = f"charged {credit.cents + 5} cents, but its charges are {credit.cents}"
    assert says in complaint()


@pytest.mark.parametrize("which", ["price", "cycle", "terms", "cancelled"])
def test_an_order_that_no_program_was_told_of_is_named(
    pool: SeatPool, rep: User, which: str
) -> None:
    """What it agreed to, its `TermChange`s, is told with it."""
    changes: dict[str, Change] = {
        "price": AgreePrice(pool.lines.get().pk, 1234),
        "cycle": ChangeCycle(Cycle.ANNUAL),
        "terms": SetTerms({pool.pk: 5}, (cast.NOW + timedelta(days=90)).date()),
        "cancelled": CancelSubscription(),
    }
    order = moves.change(pool.subscription, changes[which], rep)
    assert order.terms.exists()
    assert Event.objects.filter(source=reference(order)).delete()[0] == 1
    assert f"vandelay · {reference(order)}: has no event" in complaint()
