"""What the vendor's people change in a subscription: tried first, then done (D15)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Account, AccountKind, Membership, User
from accounts.permissions import Role
from subscriptions.actions import cancel_scheduled_reduction, carry_out, propose, renew
from subscriptions.models import (
    Charge,
    ChargeKind,
    Cycle,
    Line,
    Order,
    Plan,
    Price,
    RequestStatus,
    SeatChangeKind,
    SeatPool,
    Subscription,
    TermKind,
)
from subscriptions.rules.changes import (
    AddLine,
    AgreePrice,
    CancelSubscription,
    Change,
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
from subscriptions.selectors.seats import pools_of, snapshot
from subscriptions.selectors.subscriptions import next_period_cents
from tests import cast, moves
from tests.cast import Catalogue
from tests.factories import PlanFactory

LATER = datetime(2026, 12, 1, 6, tzinfo=UTC)
JANUARY = datetime(2027, 1, 1, 6, tzinfo=UTC)


@pytest.fixture
def vandelay(rep: User) -> Account:
    """Online-assisted, by the month, in euros."""
    return cast.account("vandelay", AccountKind.ONLINE_ASSISTED, representative=rep)


@pytest.fixture
def subscription(vandelay: Account) -> Iterator[Subscription]:
    """Vandelay's, which adds up after whatever a test did to it."""
    yield vandelay.subscription
    assert [str(found) for found in disagreements(JANUARY)] == []


@pytest.fixture
def pool(vandelay: Account, catalogue: Catalogue) -> SeatPool:
    """Support Professional: 10 purchased."""
    return cast.pool(vandelay.subscription, catalogue.support, seats=10)


@pytest.fixture
def owner(vandelay: Account) -> Membership:
    return cast.owner(vandelay)


@pytest.fixture
def line(pool: SeatPool) -> Line:
    return pool.lines.get()


@pytest.fixture
def enterprise(line: Line) -> Plan:
    """The same product at a higher tier."""
    return PlanFactory.create(product=line.plan.product, tier="Enterprise", cents=14900)


def refused(subscription: Subscription, change: Change, by: User) -> str:
    subscription = Subscription.objects.get(pk=subscription.pk)
    with pytest.raises(ValidationError) as refusal:
        propose(subscription=subscription, change=change, by=by, at=cast.NOW)
    [error] = refusal.value.update_error_dict({}).popitem()[1]
    return str(error.code)


def cents(order: Order) -> list[tuple[str, int, int]]:
    """Reason, seats and cents of every charge of an order."""
    return [(c.kind, c.seats, c.cents) for c in order.charges.order_by("pk")]


def now(pool: SeatPool) -> tuple[int, int, int]:
    pool = SeatPool.objects.get(pk=pool.pk)
    return pool.seats, pool.seats_at_renewal, pool.assigned


# Seats


def test_seats_are_added_for_the_days_left(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    before = now(pool)
    order = moves.change(subscription, ChangeSeats(pool.pk, before[0] + 3, Timing.NOW), rep)
    assert now(pool)[:2] == (before[0] + 3, before[0] + 3)
    expected = (3 * line.unit_cents * 8 * 2 + 30) // 60
    assert cents(order) == [(ChargeKind.PURCHASE, 3, expected)]
    assert (order.charged_cents, order.reason) == (expected, "Agreed by phone.")


def test_seats_are_removed_immediately_with_credit_for_the_days_left(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    seats = now(pool)[0]
    order = moves.change(
        subscription, ChangeSeats(pool.pk, seats - 2, Timing.NOW, credit=True), rep
    )
    assert now(pool)[:2] == (seats - 2, seats - 2)
    expected = -((2 * line.unit_cents * 8 * 2 + 30) // 60)
    assert cents(order) == [(ChargeKind.CREDIT, 2, expected)]
    assert order.charged_cents == expected


def test_a_credit_gives_back_what_was_charged_last_at_its_price(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    """Two bought today at 90.00 come back at 90.00 to the cent, the third at the old price."""
    seats = now(pool)[0]
    moves.change(subscription, AgreePrice(line.pk, 9000, Timing.NOW), rep)
    bought = moves.change(subscription, ChangeSeats(pool.pk, seats + 2, Timing.NOW), rep)
    fewer = ChangeSeats(pool.pk, seats - 1, Timing.NOW, credit=True)
    order = moves.change(subscription, fewer, rep)
    first, second = order.charges.order_by("pk")
    assert (first.seats, first.unit_cents, first.cents) == (2, 9000, -bought.charged_cents)
    assert (second.seats, second.unit_cents) == (1, line.unit_cents)


def test_seats_removed_without_credit_cost_nothing_back(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    order = moves.change(subscription, ChangeSeats(pool.pk, now(pool)[0] - 1, Timing.NOW), rep)
    assert cents(order) == []


def test_whoever_loses_a_seat_is_named_first_and_becomes_an_end_user(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    cast.fill(pool, pool.seats)
    change = ChangeSeats(pool.pk, pool.seats - 1, Timing.NOW, credit=True)
    proposal = propose(subscription=subscription, change=change, by=rep, at=cast.NOW)
    [going] = proposal.displaced
    moves.change(subscription, change, rep)
    assert Membership.objects.get(pk=going.membership_id).role == Role.END_USER


def test_a_reduction_at_renewal_is_scheduled_and_taken_back(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    seats = now(pool)[0]
    moves.change(subscription, ChangeSeats(pool.pk, seats - 1), rep)
    assert now(pool)[:2] == (seats, seats - 1)
    moves.change(subscription, ChangeSeats(pool.pk, seats), rep)
    assert now(pool)[:2] == (seats, seats)
    assert pool.changes.first().kind == SeatChangeKind.KEPT  # type: ignore[union-attr]


def test_only_a_superuser_makes_exceptions_for_a_legacy_plan(
    initech: Account, catalogue: Catalogue, rep: User
) -> None:
    """R23: of a sales-managed account neither added nor removed."""
    legacy = cast.pool(initech.subscription, catalogue.legacy_sell, seats=5)
    root = User.objects.create_superuser("root@vendor.example")
    more, fewer = ChangeSeats(legacy.pk, 6, Timing.NOW), ChangeSeats(legacy.pk, 4)
    assert refused(initech.subscription, more, rep) == "not_addable"
    assert refused(initech.subscription, fewer, rep) == "not_removable"
    override = ChangeSeats(legacy.pk, 6, Timing.NOW, overrides_legacy=True)
    assert refused(initech.subscription, override, rep) == "not_allowed"
    moves.change(initech.subscription, override, root)
    assert now(legacy)[0] == 6


# Lines


def test_a_line_with_seats_of_its_own_at_an_agreed_price(
    subscription: Subscription, catalogue: Catalogue, rep: User
) -> None:
    order = moves.change(subscription, AddLine(catalogue.sell.pk, seats=4, unit_cents=4000), rep)
    [charge] = order.charges.all()
    assert (charge.kind, charge.seats, charge.unit_cents) == (ChargeKind.FIRST_PERIOD, 4, 4000)
    assert charge.cents == (4 * 4000 * 8 * 2 + 30) // 60
    added = charge.line
    assert (added.is_price_agreed, now(added.pool)) == (True, (4, 4, 0))
    assert Price.objects.get(plan=catalogue.sell, currency="EUR", cycle="monthly").cents == 4900


def test_a_line_that_joins_a_pool_has_its_seats(
    subscription: Subscription, pool: SeatPool, catalogue: Catalogue, rep: User
) -> None:
    order = moves.change(subscription, AddLine(catalogue.sell.pk, pool=pool.pk), rep)
    assert [c.seats for c in order.charges.all()] == [now(pool)[0]]


def test_what_a_suite_includes_is_said_before_it_is_bought_twice(
    acme: Account, suite_pool: SeatPool, catalogue: Catalogue, rep: User
) -> None:
    Account.objects.filter(pk=acme.pk).update(representative=rep)
    change = AddLine(catalogue.talk.pk, seats=2)
    subscription = Subscription.objects.get(account=acme)
    proposal = propose(subscription=subscription, change=change, by=rep, at=cast.NOW)
    assert "includes Talk already" in " ".join(proposal.warnings)


def test_a_line_ends_at_renewal_with_its_pool_and_everyone_in_it(
    subscription: Subscription, pool: SeatPool, line: Line, owner: Membership, rep: User
) -> None:
    """The owner too: there is nothing left to hold a seat of."""
    cast.give_seat(pool, owner)
    order = moves.change(subscription, EndLine(line.pk), rep)
    assert now(pool)[1] == 0
    assert order.terms.get().from_day == date(2026, 12, 1)
    renew(subscription=subscription, at=LATER)
    line.refresh_from_db()
    assert (now(pool), line.ended_on) == ((0, 0, 0), date(2026, 12, 1))
    assert not line.charges.filter(kind=ChargeKind.RENEWAL).exists()
    assert not pools_of(Subscription.objects.get(pk=subscription.pk))


def test_the_end_of_a_line_is_taken_back(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    before = now(pool)
    moves.change(subscription, EndLine(line.pk), rep)
    moves.change(subscription, Undo(TermKind.LINE, line.pk), rep)
    assert now(pool) == before
    renew(subscription=subscription, at=LATER)
    assert line.charges.filter(kind=ChargeKind.RENEWAL).count() == 1


def test_a_line_that_ends_immediately_is_credited_and_its_name_is_free_again(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    seats = now(pool)[0]
    order = moves.change(subscription, EndLine(line.pk, Timing.NOW, credit=True), rep)
    assert now(pool) == (0, 0, 0)
    assert [(c.kind, c.seats) for c in order.charges.all()] == [(ChargeKind.CREDIT, seats)]
    again = moves.change(subscription, AddLine(line.plan_id, seats=2), rep)
    assert again.charges.get().line.pool == pool
    assert now(pool) == (2, 2, 0)


def test_a_line_added_by_mistake_today_is_given_back_to_the_cent(
    subscription: Subscription, catalogue: Catalogue, rep: User
) -> None:
    added = moves.change(subscription, AddLine(catalogue.sell.pk, seats=7), rep)
    line = added.charges.get().line
    more = moves.change(subscription, ChangeSeats(line.pool_id, 10, Timing.NOW), rep)
    order = moves.change(subscription, CorrectLine(line.pk), rep)
    assert order.charged_cents == -(added.charged_cents + more.charged_cents)
    assert sum(charge.cents for charge in line.charges.all()) == 0


def test_a_line_of_another_day_is_not_corrected(
    subscription: Subscription, line: Line, rep: User
) -> None:
    assert refused(subscription, CorrectLine(line.pk), rep) == "not_added_today"


# Plans and prices


def test_a_plan_is_upgraded_for_the_prorated_difference(
    subscription: Subscription, pool: SeatPool, line: Line, enterprise: Plan, rep: User
) -> None:
    seats, named = now(pool)[0], pool.name == str(line.plan)
    order = moves.change(subscription, ChangePlan(line.pk, enterprise.pk), rep)
    credit, charge = order.charges.order_by("pk")
    assert (credit.line, credit.kind, credit.seats) == (line, ChargeKind.CREDIT, seats)
    assert (charge.line.plan, charge.kind, charge.seats) == (
        enterprise, ChargeKind.LINE_ADDED, seats,
    )  # fmt: skip
    assert order.charged_cents == charge.cents + credit.cents > 0
    pool.refresh_from_db()
    assert (pool.seats, pool.name == str(enterprise)) == (seats, named)


def test_a_plan_is_downgraded_at_renewal_and_not_before(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    lower = PlanFactory.create(product=line.plan.product, tier="Lower", cents=1900)
    assert refused(subscription, ChangePlan(line.pk, lower.pk), rep) == "downgrade_at_renewal"
    moves.change(subscription, ChangePlan(line.pk, lower.pk, Timing.AT_RENEWAL), rep)
    renew(subscription=subscription, at=LATER)
    new = pool.lines.standing().get()
    assert (new.plan, new.unit_cents, new.added_on) == (lower, 1900, date(2026, 12, 1))
    assert new.charges.get().cents == now(pool)[0] * 1900


def test_a_price_agreed_holds_from_its_day_on(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    moves.change(subscription, AgreePrice(line.pk, 3300), rep)
    line.refresh_from_db()
    assert line.unit_cents != 3300
    fresh = Subscription.objects.get(pk=subscription.pk)
    assert next_period_cents(fresh, pools_of(fresh)) == now(pool)[0] * 3300
    renew(subscription=subscription, at=LATER)
    line.refresh_from_db()
    assert (line.unit_cents, line.is_price_agreed) == (3300, True)
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == now(pool)[0] * 3300


def test_the_cycle_changes_at_renewal_and_prices_follow_the_catalogue(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    Price.objects.filter(plan=line.plan, cycle="annual").update(cents=1200)
    order = moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    assert {term.what for term in order.terms.all()} == {TermKind.CYCLE, TermKind.PRICE}
    renew(subscription=subscription, at=LATER)
    subscription.refresh_from_db()
    assert (subscription.cycle, subscription.period_end) == (Cycle.ANNUAL, date(2027, 12, 1))
    assert line.charges.get(kind=ChargeKind.RENEWAL).cents == now(pool)[0] * 1200 * 12


def test_a_change_of_cycle_is_taken_back(subscription: Subscription, line: Line, rep: User) -> None:
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    moves.change(subscription, Undo(TermKind.CYCLE), rep)
    subscription.refresh_from_db()
    line.refresh_from_db()
    assert (subscription.cycle_at_renewal, line.unit_cents_at_renewal) == ("", None)


# The contract and the end


def test_nobody_goes_below_the_minimum_or_cancels_while_the_contract_runs(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    seats = now(pool)[0]
    moves.change(subscription, SetTerms({pool.pk: seats}, date(2027, 6, 1)), rep)
    fewer = ChangeSeats(pool.pk, seats - 1)
    assert refused(subscription, fewer, rep) == "below_minimum"
    assert refused(subscription, CancelSubscription(), rep) == "contract_runs"
    moves.change(subscription, SetTerms({pool.pk: 0}, None), rep)
    moves.change(subscription, fewer, rep)


def test_a_cancelled_subscription_ends_with_its_period_and_can_be_reopened(
    subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    before = now(pool)
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=LATER)
    subscription.refresh_from_db()
    assert subscription.ended_on == date(2026, 12, 1)
    assert not line.charges.filter(kind=ChargeKind.RENEWAL).exists()
    # Nothing is due any more, and nothing else can be changed.
    assert not renew(subscription=subscription, at=JANUARY)
    later = datetime(2027, 1, 10, 9, tzinfo=UTC)
    order = moves.change(subscription, Reopen(), rep, later)
    assert (order.charged_cents, now(pool)) == (before[0] * line.unit_cents, before)
    reopened = Subscription.objects.get(pk=subscription.pk)
    assert (reopened.ended_on, reopened.period_end) == (None, date(2027, 2, 10))


def test_a_cancellation_is_withdrawn(subscription: Subscription, line: Line, rep: User) -> None:
    moves.change(subscription, CancelSubscription(), rep)
    moves.change(subscription, Undo(TermKind.END), rep)
    renew(subscription=subscription, at=LATER)
    assert line.charges.filter(kind=ChargeKind.RENEWAL).exists()


def test_nobody_takes_a_seat_of_a_subscription_that_has_ended(
    subscription: Subscription, pool: SeatPool, owner: Membership, rep: User
) -> None:
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=LATER)
    with pytest.raises(ValidationError) as refusal:
        cast.give_seat(pool, owner)
    assert refusal.value.code == "subscription_ended"


# Who, twice, and stale


def test_only_who_serves_the_account_may(
    subscription: Subscription, pool: SeatPool, rep2: User
) -> None:
    change = ChangeSeats(pool.pk, 99, Timing.NOW)
    assert refused(subscription, change, rep2) == "not_allowed"


def test_the_same_form_again_is_the_same_order(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    change = ChangeSeats(pool.pk, now(pool)[0] + 1, Timing.NOW)
    proposal = propose(subscription=subscription, change=change, by=rep, at=cast.NOW)
    sent: dict[str, Any] = {
        "subscription": subscription, "change": change, "idempotency_key": "one",
        "quote_fingerprint": proposal.fingerprint, "reason": "Agreed.", "by": rep, "at": cast.NOW,
    }  # fmt: skip
    assert carry_out(**sent) == carry_out(**sent)
    assert Charge.objects.filter(kind=ChargeKind.PURCHASE).count() == 1


def test_what_changed_since_it_was_shown_is_refused(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    change = ChangeSeats(pool.pk, now(pool)[0] + 5, Timing.NOW)
    proposal = propose(subscription=subscription, change=change, by=rep, at=cast.NOW)
    moves.change(subscription, ChangeSeats(pool.pk, now(pool)[0] + 1, Timing.NOW), rep)
    with pytest.raises(ValidationError) as refusal:
        carry_out(
            subscription=subscription, change=change, idempotency_key="two",
            quote_fingerprint=proposal.fingerprint, reason="Agreed.", by=rep, at=cast.NOW,
        )  # fmt: skip
    assert refusal.value.code == "stale"


def test_nothing_is_done_without_a_reason(
    subscription: Subscription, pool: SeatPool, rep: User
) -> None:
    with pytest.raises(ValidationError) as refusal:
        moves.change(
            subscription, ChangeSeats(pool.pk, now(pool)[0] + 1, Timing.NOW), rep, reason=" "
        )
    assert "reason" in refusal.value.message_dict
    assert not Order.objects.exists()


# What else can be done meanwhile


def test_nobody_undoes_the_end_of_a_line_as_a_reduction(
    subscription: Subscription, pool: SeatPool, line: Line, owner: Membership, rep: User
) -> None:
    """Its seats would stay without a line, charged to nobody."""
    moves.change(subscription, EndLine(line.pk), rep)
    shown = snapshot(SeatPool.objects.with_lines().get(pk=pool.pk))
    with pytest.raises(ValidationError) as refusal:
        cancel_scheduled_reduction(pool=shown, by=owner, at=cast.NOW)
    assert refusal.value.code == "ending"


def test_requests_for_a_pool_that_has_ended_are_refused_and_old_ones_readable(
    client: Client, subscription: Subscription, pool: SeatPool, line: Line, rep: User
) -> None:
    admin = cast.member(subscription.account, "admin", Role.ADMIN)
    seat_request = moves.ask(pool, 2, by=admin)
    moves.change(subscription, EndLine(line.pk, Timing.NOW), rep)
    seat_request.refresh_from_db()
    assert seat_request.status == RequestStatus.DECLINED
    client.force_login(rep)
    page = f"/admin/subscriptions/seatrequest/{seat_request.pk}/change/"
    assert client.get(page).status_code == 200
    with pytest.raises(ValidationError) as refusal:
        moves.ask(pool, 2, by=admin)
    assert refusal.value.code == "unknown_pool"


def test_a_plan_that_took_over_today_is_not_corrected_away(
    subscription: Subscription, line: Line, enterprise: Plan, rep: User
) -> None:
    order = moves.change(subscription, ChangePlan(line.pk, enterprise.pk), rep)
    new = order.charges.get(kind=ChargeKind.LINE_ADDED).line
    assert refused(subscription, CorrectLine(new.pk), rep) == "not_added_today"


def test_what_was_to_end_with_the_subscription_does_not_come_back_with_it(
    subscription: Subscription, pool: SeatPool, catalogue: Catalogue, rep: User
) -> None:
    talk = cast.pool(subscription, catalogue.talk, seats=5)
    moves.change(subscription, EndLine(talk.lines.get().pk), rep)
    moves.change(subscription, ChangeSeats(pool.pk, 6), rep)
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=LATER)
    order = moves.change(subscription, Reopen(), rep, JANUARY)
    assert [(c.line.pool, c.seats) for c in order.charges.all()] == [(pool, 6)]


def test_the_price_there_is_can_be_agreed_so_that_it_stays(
    subscription: Subscription, line: Line, rep: User
) -> None:
    moves.change(subscription, AgreePrice(line.pk, line.unit_cents, Timing.NOW), rep)
    moves.change(subscription, ChangeCycle(Cycle.ANNUAL), rep)
    line.refresh_from_db()
    assert (line.is_price_agreed, line.unit_cents_at_renewal) == (True, None)
    assert refused(subscription, AgreePrice(line.pk, line.unit_cents, Timing.NOW), rep) == "nothing"
