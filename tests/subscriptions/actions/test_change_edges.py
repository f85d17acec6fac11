"""Changes at the edges: first days, ends of months, cents left over, pools that end (D15)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Account, AccountKind, Membership, User
from accounts.permissions import Role
from subscriptions.actions import propose, renew
from subscriptions.models import (
    Charge,
    ChargeKind,
    Cycle,
    Line,
    Price,
    RequestStatus,
    SeatPool,
    Subscription,
    TermKind,
)
from subscriptions.rules.changes import (
    AddLine,
    AgreePrice,
    CancelSubscription,
    ChangeCycle,
    ChangePlan,
    ChangeSeats,
    CorrectLine,
    EndLine,
    Reopen,
    SetTerms,
    Undo,
)
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.integrity import disagreements
from tests import cast, moves
from tests.cast import Catalogue
from tests.factories import PlanFactory
from tests.subscriptions.actions.test_changes import LATER, now, refused

RENEWED = datetime(2026, 12, 1, 9, tzinfo=UTC)
LONG_AFTER = datetime(2028, 3, 5, 9, tzinfo=UTC)


@pytest.fixture
def vandelay(rep: User) -> Account:
    """Online-assisted, by the month, in euros."""
    return cast.account("vandelay", AccountKind.ONLINE_ASSISTED, representative=rep)


@pytest.fixture
def subscription(vandelay: Account) -> Iterator[Subscription]:
    """Vandelay's, which adds up after whatever a test did to it."""
    yield vandelay.subscription
    assert [str(found) for found in disagreements(LONG_AFTER)] == []


@pytest.fixture
def pool(vandelay: Account, catalogue: Catalogue) -> SeatPool:
    """Support Professional: 10 purchased."""
    return cast.pool(vandelay.subscription, catalogue.support, seats=10)


@pytest.fixture
def line(pool: SeatPool) -> Line:
    return pool.lines.get()


def given_back(line: Line) -> int:
    return -sum(charge.cents for charge in line.charges.filter(kind=ChargeKind.CREDIT))


# The first day of a period


@pytest.mark.parametrize("credit", [True, False])
def test_a_line_ends_on_the_day_it_was_renewed(
    subscription: Subscription, line: Line, rep: User, credit: bool
) -> None:
    renew(subscription=subscription, at=LATER)
    moves.change(subscription, EndLine(line.pk, Timing.NOW, credit=credit), rep, RENEWED)
    renewal = line.charges.get(kind=ChargeKind.RENEWAL)
    assert given_back(line) == (renewal.cents if credit else 0)


def test_a_plan_changes_on_the_day_it_was_renewed(
    subscription: Subscription, line: Line, rep: User
) -> None:
    higher = PlanFactory.create(product=line.plan.product, tier="Enterprise", cents=14900)
    renew(subscription=subscription, at=LATER)
    order = moves.change(subscription, ChangePlan(line.pk, higher.pk), rep, RENEWED)
    assert order.charged_cents == 10 * (14900 - line.unit_cents)


def test_who_waited_for_the_renewal_over_midnight_acts_in_the_new_period(
    subscription: Subscription, pool: SeatPool, line: Line, catalogue: Catalogue, rep: User
) -> None:
    """The moment is before the period; the day that counts is its first."""
    before_midnight = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    renew(subscription=subscription, at=before_midnight + timedelta(seconds=2))
    moves.change(subscription, AddLine(catalogue.sell.pk, seats=2), rep, before_midnight)
    moves.change(subscription, EndLine(line.pk, Timing.NOW, True), rep, before_midnight)
    line.refresh_from_db()
    assert line.ended_on == date(2026, 12, 1)


# Cents


def test_credits_of_one_charge_never_come_to_more_than_it(
    subscription: Subscription, catalogue: Catalogue, rep: User
) -> None:
    """1.5 cents a seat: three given back one by one are not 6 of 5 cents."""
    added = moves.change(subscription, AddLine(catalogue.sell.pk, seats=4, unit_cents=6), rep)
    charge = added.charges.get()
    days = charge.days
    assert (days, charge.of_days) == (8, 30)
    for seats in (3, 2, 1):
        change = ChangeSeats(charge.line.pool_id, seats, Timing.NOW, credit=True)
        moves.change(subscription, change, rep)
    moves.change(subscription, EndLine(charge.line_id, Timing.NOW, credit=True), rep)
    assert given_back(charge.line) == charge.cents == 6


def test_a_mistake_is_corrected_to_the_cent_after_some_of_it_was_given_back(
    subscription: Subscription, catalogue: Catalogue, rep: User
) -> None:
    added = moves.change(subscription, AddLine(catalogue.sell.pk, seats=7, unit_cents=4901), rep)
    line = added.charges.get().line
    for seats in (6, 5, 4, 2):
        moves.change(subscription, ChangeSeats(line.pool_id, seats, Timing.NOW, credit=True), rep)
    moves.change(subscription, CorrectLine(line.pk), rep)
    assert sum(charge.cents for charge in line.charges.all()) == 0


def test_seats_that_cost_nothing_are_given_back_once(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    """Two bought free of charge go first; those that go after them were paid."""
    moves.change(subscription, AgreePrice(line.pk, 0, Timing.NOW), rep)
    moves.change(subscription, ChangeSeats(pool.pk, 12, Timing.NOW), rep)
    free = moves.change(subscription, ChangeSeats(pool.pk, 10, Timing.NOW, credit=True), rep)
    paid = moves.change(subscription, ChangeSeats(pool.pk, 8, Timing.NOW, credit=True), rep)
    assert free.charged_cents == 0
    assert paid.charged_cents < 0


# The end of months


def test_a_month_counted_from_the_31st_becomes_a_year_in_february(
    rep: User, catalogue: Catalogue
) -> None:
    account = cast.account("kramerica", representative=rep)
    Subscription.objects.filter(account=account).update(
        started_on=date(2027, 1, 31), period_start=date(2027, 1, 31), period_end=date(2027, 2, 28)
    )
    subscription = Subscription.objects.get(account=account)
    on = datetime(2027, 2, 3, 9, tzinfo=UTC)
    moves.change(subscription, AddLine(catalogue.sell.pk, seats=3), rep, on)
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep, on)
    renew(subscription=subscription, at=LONG_AFTER)
    subscription.refresh_from_db()
    assert (subscription.period_start, subscription.period_end) == (
        date(2028, 2, 28), date(2029, 2, 28),
    )  # fmt: skip
    assert [str(found) for found in disagreements(LONG_AFTER)] == []


def test_all_that_was_agreed_takes_effect_in_a_renewal_many_periods_late(
    subscription: Subscription, pool: SeatPool, line: Line, catalogue: Catalogue, rep: User
) -> None:
    add_on = moves.change(subscription, AddLine(catalogue.workforce.pk, pool=pool.pk), rep)
    lower = PlanFactory.create(product=line.plan.product, tier="Lower", cents=1900)
    moves.change(subscription, ChangePlan(line.pk, lower.pk, Timing.AT_RENEWAL), rep)
    moves.change(subscription, EndLine(add_on.charges.get().line_id), rep)
    moves.change(subscription, ChangeSeats(pool.pk, 6), rep)
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    renew(subscription=subscription, at=LONG_AFTER)
    new = pool.lines.standing().get()
    charges = new.charges.order_by("period_from")
    assert [charge.period_from for charge in charges] == [date(2026, 12, 1), date(2027, 12, 1)]
    assert (new.plan, {charge.seats for charge in charges}) == (lower, {6})


# Billing


def test_a_line_added_after_the_cycle_was_changed_is_billed_at_the_catalogue_price_of_the_new_one(
    subscription: Subscription, pool: SeatPool, catalogue: Catalogue, rep: User
) -> None:
    Price.objects.filter(plan=catalogue.sell, cycle="annual").update(cents=1200)
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    order = moves.change(subscription, AddLine(catalogue.sell.pk, seats=2), rep)
    renew(subscription=subscription, at=LATER)
    line = order.charges.get().line
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == 2 * 1200 * 12


def test_a_line_ends_though_the_cycle_changes(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    """And goes on in the new cycle if its end is taken back."""
    Price.objects.filter(plan=line.plan, cycle="annual").update(cents=1200)
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    moves.change(subscription, EndLine(line.pk), rep)
    moves.change(subscription, Undo(TermKind.LINE, line.pk), rep)
    renew(subscription=subscription, at=LATER)
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == 10 * 1200 * 12


def test_a_price_agreed_after_the_cycle_was_changed_stays(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    moves.change(subscription, AgreePrice(line.pk, 3300, Timing.NOW), rep)
    renew(subscription=subscription, at=LATER)
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == 10 * 3300 * 12


def test_a_change_of_cycle_ends_with_the_subscription_and_its_prices_with_it(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    Price.objects.filter(plan=line.plan, cycle="annual").update(cents=1200)
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=LATER)
    moves.change(subscription, Reopen(), rep, RENEWED)
    renew(subscription=subscription, at=datetime(2027, 1, 1, 9, tzinfo=UTC))
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == 10 * line.unit_cents


def test_a_plan_that_took_over_as_the_subscription_ended_is_paid_when_it_is_reopened(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    lower = PlanFactory.create(product=line.plan.product, tier="Lower", cents=1900)
    moves.change(subscription, ChangePlan(line.pk, lower.pk, Timing.AT_RENEWAL), rep)
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=LATER)
    assert [str(found) for found in disagreements(LONG_AFTER)] == []
    order = moves.change(subscription, Reopen(), rep, RENEWED)
    assert order.charged_cents == 10 * 1900


# Pools that end


def test_a_pool_with_a_reduction_ahead_ends_immediately(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    cast.fill(pool, 9)
    moves.change(subscription, ChangeSeats(pool.pk, 8), rep)
    moves.change(subscription, EndLine(line.pk, Timing.NOW), rep)
    assert now(pool) == (0, 0, 0)


def test_a_pool_does_not_end_below_its_minimum_while_the_contract_runs(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    moves.change(subscription, SetTerms({pool.pk: 5}, date(2027, 6, 1)), rep)
    assert refused(subscription, EndLine(line.pk), rep) == "below_minimum"
    assert refused(subscription, EndLine(line.pk, Timing.NOW), rep) == "below_minimum"


def test_no_minimum_is_negative(subscription: Subscription, pool: SeatPool, rep: User) -> None:
    assert refused(subscription, SetTerms({pool.pk: -1}), rep) == "bad_number"


def test_a_legacy_pool_that_ends_does_so_whoever_takes_a_seat_meanwhile(
    initech: Account, catalogue: Catalogue, rep: User
) -> None:
    """R23 keeps people in a plan that goes on, not in one that ends."""
    legacy = cast.pool(initech.subscription, catalogue.legacy_sell, seats=3)
    moves.change(initech.subscription, EndLine(legacy.lines.get().pk), rep)
    cast.member(initech, "late", Role.AGENT, legacy)
    assert now(legacy) == (3, 0, 1)
    renew(subscription=initech.subscription, at=LONG_AFTER)
    assert now(legacy) == (0, 0, 0)
    assert [str(found) for found in disagreements(LONG_AFTER)] == []


@pytest.mark.parametrize("timing", list(Timing))
def test_whoever_holds_a_seat_of_a_pool_that_ends_loses_it(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User, timing: Timing
) -> None:
    """Owner, suspended and invited: a suspended agent stays one, the owner the owner (D2)."""
    account = pool.subscription.account
    cast.give_seat(pool, cast.owner(account))
    suspended = cast.member(account, "away", Role.AGENT, pool)
    Membership.objects.filter(pk=suspended.pk).update(status="suspended")
    invited = cast.member(account, "new", Role.AGENT, pool, active=False)
    admin = cast.member(account, "admin", Role.ADMIN)
    request = moves.ask(pool, 3, by=admin)
    change = EndLine(line.pk, timing)
    shown = propose(subscription=subscription, change=change, by=rep, at=cast.NOW)
    assert len(shown.displaced) == 3
    moves.change(subscription, change, rep)
    renew(subscription=subscription, at=LATER)
    assert now(pool) == (0, 0, 0)
    roles = {m.pk: m.role for m in account.memberships.all()}
    assert (roles[suspended.pk], roles[invited.pk]) == (Role.AGENT, Role.END_USER)
    request.refresh_from_db()
    assert request.status == RequestStatus.DECLINED


def test_a_pool_is_not_renamed_onto_one_that_ended(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    higher = PlanFactory.create(product=line.plan.product, tier="Enterprise", cents=14900)
    ended = moves.change(subscription, AddLine(higher.pk, seats=2), rep).charges.get().line
    moves.change(subscription, EndLine(ended.pk, Timing.NOW), rep)
    moves.change(subscription, ChangePlan(line.pk, higher.pk), rep)
    pool.refresh_from_db()
    assert pool.name == str(line.plan)
    # The plan it was named after has no pool of its own until the name is free.
    assert refused(subscription, AddLine(line.plan_id, seats=1), rep) == "pool_name_taken"


def test_undone_after_other_changes_only_what_was_scheduled_goes_back(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    lower = PlanFactory.create(product=line.plan.product, tier="Lower", cents=1900)
    moves.change(subscription, ChangePlan(line.pk, lower.pk, Timing.AT_RENEWAL), rep)
    moves.change(subscription, AgreePrice(line.pk, 1500), rep)
    moves.change(subscription, ChangeSeats(pool.pk, 12, Timing.NOW), rep)
    moves.change(subscription, Undo(TermKind.PRICE, line.pk), rep)
    line.refresh_from_db()
    assert (line.plan_at_renewal, line.unit_cents_at_renewal) == (lower, 1900)
    moves.change(subscription, Undo(TermKind.PLAN, line.pk), rep)
    renew(subscription=subscription, at=LATER)
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == 12 * line.unit_cents


def test_a_corrected_line_in_a_shared_pool_leaves_the_others_alone(
    subscription: Subscription, pool: SeatPool, line: Line, catalogue: Catalogue, rep: User
) -> None:
    before = now(pool)
    added = moves.change(subscription, AddLine(catalogue.workforce.pk, pool=pool.pk), rep)
    order = moves.change(subscription, CorrectLine(added.charges.get().line_id), rep)
    assert (now(pool), order.charged_cents) == (before, -added.charged_cents)
    assert not Charge.objects.filter(line=line, kind=ChargeKind.CREDIT).exists()
