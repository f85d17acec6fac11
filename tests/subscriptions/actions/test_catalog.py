"""Prices set at once or not at all; plans retired and sold again, with what follows (R23)."""

from typing import Any

from django.contrib.admin.models import LogEntry

from accounts.models import Membership, User
from subscriptions.actions import NewPlan, retire_plan, sell_again, set_prices
from subscriptions.models import Currency, Cycle, Line, Plan, SeatChange, SeatPool
from subscriptions.rules.catalog import Cell, fingerprint
from subscriptions.selectors.catalog import prices_of
from subscriptions.selectors.integrity import disagreements
from subscriptions.selectors.seats import pools_of
from tests import moves
from tests.cast import NOW, Catalogue
from tests.factories import PlanFactory
from tests.refusals import refused


def said(about: Any) -> list[str]:
    """What the log of the admin says about a row, oldest first."""
    rows = LogEntry.objects.filter(
        object_id=str(about.pk), content_type__model=about._meta.model_name
    )
    return [entry.change_message for entry in rows.order_by("pk")]


def saved(plan: Plan, by: User, cents: int | None, **more: Any) -> list[Any]:
    """A new monthly price in euro."""
    prices = prices_of(plan.product)
    change = {
        "product": plan.product, "new": None, "expected": fingerprint(prices), "by": by, "at": NOW,
        "prices": {**prices, Cell(plan.pk, Currency.EUR, Cycle.MONTHLY): cents},
    }  # fmt: skip
    return set_prices(**{**change, **more})


def test_a_new_price_counts_for_new_lines_and_says_what_it_was(
    root: User, sell_pool: SeatPool, catalogue: Catalogue
) -> None:
    [change] = saved(catalogue.sell, root, 5500)
    assert (change.before, change.after) == (4900, 5500)
    assert Line.objects.get(pool=sell_pool).unit_cents == 4900
    for row in (catalogue.sell, catalogue.sell.product):
        assert said(row) == ["Sell Growth: EUR Monthly: €49.00 → €55.00"]
    assert LogEntry.objects.first().user == root  # type: ignore[union-attr]


def test_a_price_taken_away_is_no_price(root: User, catalogue: Catalogue) -> None:
    saved(catalogue.sell, root, None)
    assert catalogue.sell.prices.count() == 3
    assert said(catalogue.sell) == ["Sell Growth: EUR Monthly: €49.00 → –"]


def test_what_is_the_same_is_no_change(root: User, catalogue: Catalogue) -> None:
    assert saved(catalogue.sell, root, 4900) == []
    assert said(catalogue.sell) == []


def test_a_new_plan_comes_with_its_prices(root: User, catalogue: Catalogue) -> None:
    saved(catalogue.sell, root, 4900, new=NewPlan("Team", {(Currency.USD, Cycle.ANNUAL): 1900}))
    plan = Plan.objects.get(product=catalogue.sell.product, tier="Team")
    assert [(p.currency, p.cycle, p.cents) for p in plan.prices.all()] == [("USD", "annual", 1900)]
    assert said(plan) == ["Sell Team: USD Annual: – → $19.00"]


def test_nothing_is_saved_where_one_thing_is_refused(root: User, catalogue: Catalogue) -> None:
    twin = NewPlan("Growth", {(Currency.USD, Cycle.ANNUAL): 1900})
    with refused("plan_name_taken"):
        saved(catalogue.sell, root, 9900, new=twin)
    assert set(catalogue.sell.prices.values_list("cents", flat=True)) == {4900, 4410}
    assert LogEntry.objects.count() == 0


def test_nobody_overwrites_what_they_have_not_seen(root: User, catalogue: Catalogue) -> None:
    seen = fingerprint(prices_of(catalogue.sell.product))
    saved(catalogue.sell, root, 5500)
    with refused("stale"):
        saved(catalogue.sell, root, 4500, expected=seen)
    assert catalogue.sell.prices.get(currency="EUR", cycle="monthly").cents == 5500


def test_a_retired_plan_takes_no_seat_from_anyone(
    root: User, acme_owner: Membership, sell_two_of_five: SeatPool, catalogue: Catalogue
) -> None:
    """R23: a reduction to one of two who sit ends at two; the rest of it stays."""
    moves.set_numbers({sell_two_of_five: 1}, acme_owner)
    assert retire_plan(plan=catalogue.sell, by=root, at=NOW)
    sell_two_of_five.refresh_from_db()
    assert moves.numbers(sell_two_of_five) == (5, 2, 2)
    last = SeatChange.objects.filter(pool=sell_two_of_five)[0]
    assert (last.kind, last.by, last.channel) == ("kept", root, "admin")
    assert (last.at_renewal_before, last.at_renewal_after) == (1, 2)
    assert not sell_two_of_five.assignments.filter(loss_announced=True).exists()
    assert disagreements(NOW.replace(month=12, day=2)) == []


def test_a_reduction_of_empty_seats_stays_as_it_is(
    root: User, acme_owner: Membership, sell_two_of_five: SeatPool, catalogue: Catalogue
) -> None:
    moves.set_numbers({sell_two_of_five: 3}, acme_owner)
    before = SeatChange.objects.count()
    retire_plan(plan=catalogue.sell, by=root, at=NOW)
    sell_two_of_five.refresh_from_db()
    assert moves.numbers(sell_two_of_five) == (5, 2, 3)
    assert SeatChange.objects.count() == before


def test_a_plan_is_retired_once_and_sold_again(
    root: User, sell_pool: SeatPool, catalogue: Catalogue
) -> None:
    assert retire_plan(plan=catalogue.sell, by=root, at=NOW)
    assert not retire_plan(plan=catalogue.sell, by=root, at=NOW)
    [pool] = pools_of(sell_pool.subscription)
    assert pool.is_legacy
    assert sell_again(plan=catalogue.sell, by=root, at=NOW)
    assert not sell_again(plan=catalogue.sell, by=root, at=NOW)
    assert said(catalogue.sell) == ["Retired: Sell Growth.", "On sale again: Sell Growth."]
    assert Plan.objects.on_sale().filter(pk=catalogue.sell.pk).exists()


def test_two_plans_of_one_name_are_not_on_the_same_side(root: User, catalogue: Catalogue) -> None:
    twin = PlanFactory.create(product=catalogue.sell.product, tier="Growth", is_legacy=True)
    with refused("plan_name_taken"):
        retire_plan(plan=catalogue.sell, by=root, at=NOW)
    with refused("plan_name_taken"):
        sell_again(plan=twin, by=root, at=NOW)
    assert LogEntry.objects.count() == 0


def test_what_is_due_is_renewed_as_it_was_agreed_before_the_plan_is_retired(
    root: User, acme_owner: Membership, sell_two_of_five: SeatPool, catalogue: Catalogue
) -> None:
    moves.set_numbers({sell_two_of_five: 1}, acme_owner)
    retire_plan(plan=catalogue.sell, by=root, at=NOW.replace(month=12, day=2))
    sell_two_of_five.refresh_from_db()
    assert moves.numbers(sell_two_of_five) == (1, 1, 1)
    assert disagreements(NOW.replace(month=12, day=2)) == []
