"""Buying seats and setting their number: R7-R10, R12, R14, R23, D3-D6."""

from datetime import datetime

import pytest

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions import buy_seats, cancel_scheduled_reduction, set_seats
from subscriptions.models import Order, SeatAssignment, SeatChange, SeatChangeKind, SeatPool
from subscriptions.rules.consent import consent_to
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_addition, quote_targets
from subscriptions.selectors.seats import snapshot
from tests import cast, moves
from tests.cast import Catalogue
from tests.refusals import refused


def last_change(pool: SeatPool) -> SeatChange:
    return pool.changes.latest("pk")


def test_bought_seats_act_at_once_and_cost_the_rest_of_the_period(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """R12, R14, R15, D3: the number is additional; the add-on of the pool is part of it."""
    order = moves.buy({suite_pool: 3}, by=acme_owner)
    assert moves.numbers(suite_pool) == (13, 0, 13)
    assert order.charged_cents == 3 * (11500 + 2500) * 8 // 30
    change = last_change(suite_pool)
    assert (change.seats_before, change.seats_after, change.kind) == (10, 13, "bought")
    assert (change.order, change.cents, change.by) == (order, 11200, acme_owner.user)


def test_one_purchase_for_two_pools_is_one_order(
    acme_billing: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """R16: the full cart."""
    order = moves.buy({suite_pool: 1, sell_pool: 2}, by=acme_billing)
    assert (moves.numbers(suite_pool)[0], moves.numbers(sell_pool)[0]) == (11, 7)
    assert sum(change.cents for change in order.changes.all()) == order.charged_cents


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT, Role.END_USER])
def test_others_may_not_buy(acme: Account, suite_pool: SeatPool, role: Role) -> None:
    """R3."""
    pools = [suite_pool] if role == Role.AGENT else []
    someone = cast.member(acme, "someone", role, *pools)
    with refused("not_allowed"):
        moves.buy({suite_pool: 1}, by=someone)
    assert moves.numbers(suite_pool)[0] == 10


def test_nobody_buys_in_a_sales_managed_account(
    initech_owner: Membership, initech_pool: SeatPool
) -> None:
    """R2, R19."""
    with refused("not_allowed"):
        moves.buy({initech_pool: 1}, by=initech_owner)


def test_a_stranger_cannot_buy_for_acme(stranger: Membership, suite_pool: SeatPool) -> None:
    """D8."""
    subscription = suite_pool.subscription
    seen = quote_addition(subscription, {suite_pool.pk: 1}, cast.NOW.date()).fingerprint
    with refused("not_allowed"):
        buy_seats(
            subscription=subscription,
            additions={suite_pool.pk: 1},
            quote_fingerprint=seen,
            idempotency_key="k",
            by=stranger,
            at=cast.NOW,
        )


def test_seats_of_another_account_do_not_exist(
    acme_owner: Membership, suite_pool: SeatPool, globex_pool: SeatPool
) -> None:
    """D8."""
    with refused("unknown_pool"):
        moves.buy({globex_pool: 1}, by=acme_owner)
    assert moves.numbers(globex_pool)[0] == 25


@pytest.mark.parametrize(
    ("number", "code"),
    [(0, "bad_number"), (-1, "bad_number"), (100_001, "bad_number"), (99_991, "too_many")],
)
def test_absurd_numbers_are_refused(
    acme_owner: Membership, suite_pool: SeatPool, number: int, code: str
) -> None:
    with refused(code):
        moves.buy({suite_pool: number}, by=acme_owner)
    assert moves.numbers(suite_pool) == (10, 0, 10)


def test_a_very_large_purchase_is_charged_in_full(
    globex_owner: Membership, globex_pool: SeatPool
) -> None:
    """99,975 seats for most of a year cost more cents than 32 bits hold."""
    order = moves.buy({globex_pool: 99_975}, by=globex_owner)
    assert order.charged_cents > 2**31
    assert last_change(globex_pool).cents == order.charged_cents


def test_what_is_asked_once_more_is_not_bought_before_it_was(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """2.4: wherever it comes from; the sentence names number and sum (D10)."""
    quote = moves.price(suite_pool.subscription, {suite_pool: 500})
    with refused("unconfirmed"):
        buy_seats(
            subscription=suite_pool.subscription, additions={suite_pool.pk: 500},
            quote_fingerprint=quote.fingerprint, idempotency_key="k", by=acme_owner, at=cast.NOW,
        )  # fmt: skip
    assert moves.numbers(suite_pool) == (10, 0, 10)
    assert consent_to(quote).question == (
        "Buy 500 Support Suite Professional seats for €18,666.67?"
    )


def test_seats_do_not_go_at_once_before_it_was_asked_once_more(
    acme_owner: Membership, sell_two_of_five: SeatPool, suite_pool: SeatPool
) -> None:
    """2.4: beside a purchase both are named."""
    subscription, targets = suite_pool.subscription, {sell_two_of_five.pk: 1, suite_pool.pk: 12}
    quote = quote_targets(subscription, targets, cast.NOW.date(), Timing.NOW)
    with refused("unconfirmed"):
        set_seats(
            subscription=subscription, targets=targets, timing=Timing.NOW, chosen=(),
            quote_fingerprint=quote.fingerprint, idempotency_key="k", by=acme_owner, at=cast.NOW,
        )  # fmt: skip
    assert moves.numbers(sell_two_of_five) == (5, 2, 5)
    consent = consent_to(quote)
    assert "Buy 2 Support Suite Professional seats for €74.67?" in consent.question
    assert "Remove 4 Sell Growth seats immediately, without a refund?" in consent.question
    assert consent.confirm_label == "Yes, do both for €74.67"


def test_the_same_form_twice_buys_once(acme_owner: Membership, suite_pool: SeatPool) -> None:
    """D6."""
    subscription, wanted = suite_pool.subscription, {suite_pool.pk: 2}
    seen = quote_addition(subscription, wanted, cast.NOW.date()).fingerprint
    first, second = (
        buy_seats(
            subscription=subscription,
            additions=wanted,
            quote_fingerprint=seen,
            idempotency_key="form",
            by=acme_owner,
            at=cast.NOW,
        )
        for _time in range(2)
    )
    assert first == second
    assert moves.numbers(suite_pool)[0] == 12


def test_the_same_form_with_other_numbers_is_refused(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D6: going back in the browser and changing the number is another purchase."""
    moves.buy({suite_pool: 2}, by=acme_owner, idempotency_key="form")
    with refused("used_form"):
        moves.buy({suite_pool: 3}, by=acme_owner, idempotency_key="form")
    assert moves.numbers(suite_pool)[0] == 12


def test_a_purchase_is_not_found_again_as_an_update(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D6."""
    moves.buy({suite_pool: 2}, by=acme_owner, idempotency_key="form")
    with refused("used_form"):
        moves.set_numbers({suite_pool: 12}, by=acme_owner, idempotency_key="form")


def test_a_key_is_a_members_own(
    acme_owner: Membership, acme_billing: Membership, suite_pool: SeatPool
) -> None:
    """D6: nobody gets the order of someone else."""
    theirs = moves.buy({suite_pool: 2}, by=acme_owner, idempotency_key="form")
    own = moves.buy({suite_pool: 2}, by=acme_billing, idempotency_key="form")
    assert own.placed_by == acme_billing.user
    assert own != theirs


def test_what_was_refused_is_sent_again_with_the_same_key(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D6."""
    with refused("bad_number"):
        moves.set_numbers({suite_pool: 0}, by=acme_owner, idempotency_key="form")
    moves.set_numbers({suite_pool: 12}, by=acme_owner, idempotency_key="form")
    assert moves.numbers(suite_pool)[0] == 12


def test_a_form_filled_against_old_numbers_is_refused(
    acme_owner: Membership, acme_billing: Membership, suite_pool: SeatPool
) -> None:
    """D6."""
    subscription, wanted = suite_pool.subscription, {suite_pool.pk: 2}
    seen = quote_addition(subscription, wanted, cast.NOW.date()).fingerprint
    moves.buy({suite_pool: 5}, by=acme_billing)
    with refused("stale"):
        buy_seats(
            subscription=subscription,
            additions=wanted,
            quote_fingerprint=seen,
            idempotency_key="form",
            by=acme_owner,
            at=cast.NOW,
        )
    assert moves.numbers(suite_pool)[0] == 15


def test_a_form_left_open_until_the_price_changed_is_refused(
    acme_owner: Membership, suite_pool: SeatPool, at: datetime
) -> None:
    """D6, N1: a day later the rest of the period costs less."""
    subscription, wanted = suite_pool.subscription, {suite_pool.pk: 2}
    seen = quote_addition(subscription, wanted, at.date()).fingerprint
    with refused("stale"):
        buy_seats(
            subscription=subscription,
            additions=wanted,
            quote_fingerprint=seen,
            idempotency_key="form",
            by=acme_owner,
            at=at.replace(day=24),
        )


def test_seats_go_at_renewal_unless_asked_otherwise(
    acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """R8, D3."""
    order = moves.set_numbers({sell_two_of_five: 3}, by=acme_owner)
    assert moves.numbers(sell_two_of_five) == (5, 2, 3)
    assert order.charged_cents == 0
    assert last_change(sell_two_of_five).kind == SeatChangeKind.SCHEDULED


def test_seats_go_at_once_on_request_without_refund(
    acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """D3."""
    order = moves.set_numbers({sell_two_of_five: 3}, by=acme_owner, timing=Timing.NOW)
    assert moves.numbers(sell_two_of_five) == (3, 2, 3)
    assert order.charged_cents == 0


def test_more_seats_undo_a_scheduled_reduction_before_any_are_bought(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """R8, D3: up to what is purchased already, nothing is charged."""
    moves.set_numbers({sell_pool: 2}, by=acme_owner)
    kept = moves.set_numbers({sell_pool: 4}, by=acme_owner)
    assert (kept.charged_cents, moves.numbers(sell_pool)) == (0, (5, 0, 4))
    bought = moves.set_numbers({sell_pool: 6}, by=acme_owner)
    assert bought.charged_cents == 1 * 4900 * 8 // 30 + 1  # 1306.67 rounds up
    assert moves.numbers(sell_pool) == (6, 0, 6)


def test_a_scheduled_reduction_can_be_undone(
    acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """D3."""
    moves.set_numbers({sell_pool: 2}, by=acme_owner)
    shown = snapshot(sell_pool)
    with refused("not_allowed"):
        cancel_scheduled_reduction(pool=shown, by=acme_admin, at=cast.NOW)
    cancel_scheduled_reduction(pool=shown, by=acme_owner, at=cast.NOW)
    cancel_scheduled_reduction(pool=shown, by=acme_owner, at=cast.NOW)
    assert moves.numbers(sell_pool) == (5, 0, 5)
    assert sell_pool.changes.filter(kind=SeatChangeKind.KEPT).count() == 1


def test_the_most_recently_added_agents_become_end_users(
    acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """R10, D4."""
    moves.set_numbers({suite_nine_of_ten: 7}, by=acme_owner, timing=Timing.NOW)
    assert moves.numbers(suite_nine_of_ten) == (7, 7, 7)
    team = acme_owner.account.memberships.exclude(pk=acme_owner.pk).order_by("added_at")
    assert [member.role for member in team] == ["agent"] * 7 + ["end_user"] * 2


def test_the_buyer_chooses_others(acme_owner: Membership, suite_nine_of_ten: SeatPool) -> None:
    """D4: the two added first go, if the buyer says so."""
    first, second = SeatAssignment.objects.filter(pool=suite_nine_of_ten).order_by("pk")[:2]
    moves.set_numbers(
        {suite_nine_of_ten: 7}, by=acme_owner, timing=Timing.NOW, chosen=[first, second]
    )
    roles = [Membership.objects.get(pk=seat.membership_id).role for seat in (first, second)]
    assert roles == [Role.END_USER, Role.END_USER]
    assert moves.numbers(suite_nine_of_ten) == (7, 7, 7)


def test_the_owner_never_loses_a_seat(acme_owner: Membership, sell_pool: SeatPool) -> None:
    """D4, even where the owner's is the newest."""
    seats = cast.fill(sell_pool, 3)
    cast.give_seat(sell_pool, acme_owner)
    moves.set_numbers({sell_pool: 1}, by=acme_owner, timing=Timing.NOW)
    assert list(sell_pool.assignments.values_list("membership", flat=True)) == [acme_owner.pk]
    assert {Membership.objects.get(pk=m.pk).role for m in seats} == {Role.END_USER}


def test_an_admin_stays_an_admin_without_a_seat(
    acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """D4."""
    cast.fill(sell_pool, 1)
    cast.give_seat(sell_pool, acme_admin)
    moves.set_numbers(
        {sell_pool: 1},
        by=acme_owner,
        timing=Timing.NOW,
        chosen=[moves.seat_of(acme_admin, sell_pool)],
    )
    assert Membership.objects.get(pk=acme_admin.pk).role == Role.ADMIN
    assert not acme_admin.seat_assignments.exists()


def test_an_agent_with_another_seat_stays_an_agent(
    acme: Account, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """D4: only an agent left with no seat becomes an end user."""
    cast.fill(sell_pool, 1)
    both = cast.member(acme, "both", Role.AGENT, suite_pool, sell_pool)
    moves.set_numbers({sell_pool: 1}, by=acme_owner, timing=Timing.NOW)
    assert Membership.objects.get(pk=both.pk).role == Role.AGENT
    assert [seat.pool for seat in both.seat_assignments.all()] == [suite_pool]


def test_online_assisted_accounts_only_add(globex_owner: Membership, globex_talk: SeatPool) -> None:
    """R7."""
    moves.set_numbers({globex_talk: 6}, by=globex_owner)
    for timing in Timing:
        with refused("not_removable"):
            moves.set_numbers({globex_talk: 4}, by=globex_owner, timing=timing)
    assert moves.numbers(globex_talk) == (6, 0, 6)


def test_of_a_legacy_plan_only_unassigned_seats_go_at_renewal(
    acme_owner: Membership, catalogue: Catalogue
) -> None:
    """R23."""
    legacy = cast.pool(acme_owner.account.subscription, catalogue.legacy_sell, seats=5)
    cast.fill(legacy, 3)
    for target, timing in ((2, Timing.AT_RENEWAL), (4, Timing.NOW)):
        with refused("unassigned_only"):
            moves.set_numbers({legacy: target}, by=acme_owner, timing=timing)
    moves.set_numbers({legacy: 3}, by=acme_owner)
    assert moves.numbers(legacy) == (5, 3, 3)


def test_legacy_seats_are_added_in_an_online_assisted_account(
    globex_owner: Membership, catalogue: Catalogue
) -> None:
    """R23."""
    legacy = cast.pool(globex_owner.account.subscription, catalogue.legacy_sell, seats=5)
    moves.buy({legacy: 1}, by=globex_owner)
    assert moves.numbers(legacy)[0] == 6


def test_setting_the_number_there_is_changes_nothing(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    with refused("nothing"):
        moves.set_numbers({sell_pool: 5}, by=acme_owner)
    assert not Order.objects.exists()


def test_every_row_of_the_ledger_starts_where_the_one_before_ended(
    acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """D9, N5."""
    moves.buy({suite_nine_of_ten: 2}, by=acme_owner)
    moves.set_numbers({suite_nine_of_ten: 4}, by=acme_owner)
    moves.set_numbers({suite_nine_of_ten: 3}, by=acme_owner, timing=Timing.NOW)
    end = (0, 0, 0)
    for row in suite_nine_of_ten.changes.order_by("pk"):
        assert (row.seats_before, row.assigned_before, row.at_renewal_before) == end
        end = (row.seats_after, row.assigned_after, row.at_renewal_after)
    assert end == moves.numbers(suite_nine_of_ten) == (3, 3, 3)
