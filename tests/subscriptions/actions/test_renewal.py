"""The end of a paid period: D3, D4, R23."""

from datetime import UTC, date, datetime

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions import (
    assign_seat,
    cancel_scheduled_reduction,
    release_seat,
    renew,
    renew_if_due,
)
from subscriptions.models import AssignmentSource, Plan, SeatChangeKind, SeatPool, Subscription
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents
from tests import cast, moves
from tests.refusals import refused

DUE = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)


def test_a_period_that_has_not_ended_is_left_alone(
    acme_subscription: Subscription, sell_pool: SeatPool, acme_owner: Membership
) -> None:
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    assert not renew(subscription=acme_subscription, at=cast.NOW)
    assert moves.numbers(sell_pool) == (5, 0, 3)


def test_the_next_period_begins_where_the_last_ended(acme_subscription: Subscription) -> None:
    assert renew(subscription=acme_subscription, at=DUE)
    acme_subscription.refresh_from_db()
    period = (acme_subscription.period_start, acme_subscription.period_end)
    assert period == (date(2026, 12, 1), date(2027, 1, 1))


def test_a_renewal_that_comes_late_moves_to_the_period_of_today(
    acme_subscription: Subscription,
) -> None:
    assert renew(subscription=acme_subscription, at=DUE.replace(year=2027, month=3, day=9))
    acme_subscription.refresh_from_db()
    assert acme_subscription.period_start == date(2027, 3, 1)


def test_a_scheduled_reduction_is_applied_once(
    acme_subscription: Subscription, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """D3: safe to run twice."""
    moves.set_numbers({sell_two_of_five: 3}, by=acme_owner)
    assert renew(subscription=acme_subscription, at=DUE)
    assert not renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(sell_two_of_five) == (3, 2, 3)
    assert sell_two_of_five.changes.filter(kind=SeatChangeKind.RENEWED).count() == 1


def test_the_members_added_last_lose_their_seats_at_renewal_and_not_before(
    acme_subscription: Subscription, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """R10, D4."""
    moves.set_numbers({suite_nine_of_ten: 7}, by=acme_owner)
    assert moves.numbers(suite_nine_of_ten) == (10, 9, 7)
    renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(suite_nine_of_ten) == (7, 7, 7)
    team = acme_owner.account.memberships.exclude(pk=acme_owner.pk).order_by("added_at")
    assert [member.role for member in team] == ["agent"] * 7 + ["end_user"] * 2


def test_the_choice_made_when_scheduling_holds_at_renewal(
    acme_subscription: Subscription, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """D4."""
    first = suite_nine_of_ten.assignments.order_by("pk")[0]
    moves.set_numbers({suite_nine_of_ten: 8}, by=acme_owner, chosen=[first])
    renew(subscription=acme_subscription, at=DUE)
    assert Membership.objects.get(pk=first.membership_id).role == Role.END_USER
    assert not suite_nine_of_ten.assignments.filter(release_at_renewal=True).exists()


def test_buying_more_forgets_nobodys_choice(
    acme_subscription: Subscription, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """D4: two were to go, one of them chosen; with one seat more only the chosen one does."""
    first = suite_nine_of_ten.assignments.order_by("pk")[0]
    moves.set_numbers({suite_nine_of_ten: 7}, by=acme_owner, chosen=[first])
    moves.buy({suite_nine_of_ten: 1}, by=acme_owner)
    renew(subscription=acme_subscription, at=DUE)
    end_users = acme_owner.account.memberships.filter(role=Role.END_USER)
    assert [member.pk for member in end_users] == [first.membership_id]


def test_whoever_was_named_goes_also_where_the_choice_was_made_before(
    acme_subscription: Subscription, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """D4: the second form names the one chosen in the first, and whoever was added last."""
    first = suite_nine_of_ten.assignments.order_by("pk")[0]
    moves.set_numbers({suite_nine_of_ten: 8}, by=acme_owner, chosen=[first])
    quote = quote_targets(acme_subscription, {suite_nine_of_ten.pk: 7}, cast.NOW.date())
    moves.set_numbers({suite_nine_of_ten: 7}, by=acme_owner)
    renew(subscription=acme_subscription, at=DUE)
    end_users = acme_owner.account.memberships.filter(role=Role.END_USER)
    assert {m.pk for m in end_users} == {holder.membership_id for holder in quote.displaced}
    assert first.membership_id in {member.pk for member in end_users}


def test_where_the_renewal_is_late_it_comes_before_anything_else(
    acme_subscription: Subscription,
    acme_owner: Membership,
    sell_two_of_five: SeatPool,
    suite_nine_of_ten: SeatPool,
) -> None:
    """D3: also before a purchase that has nothing to do with what was to go."""
    moves.set_numbers({sell_two_of_five: 1}, by=acme_owner)
    moves.buy({suite_nine_of_ten: 1}, by=acme_owner, at=DUE)
    assert moves.numbers(sell_two_of_five) == (1, 1, 1)
    assert moves.numbers(suite_nine_of_ten) == (11, 9, 11)
    assert not renew(subscription=acme_subscription, at=DUE)


def test_what_was_shown_before_a_late_renewal_is_not_done_after_it(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D6: a page from before midnight showed seats that are gone since."""
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    with refused("stale"):
        moves.set_numbers({sell_pool: 2}, by=acme_owner, at=DUE)
    assert moves.numbers(sell_pool) == (5, 0, 3)


def test_it_is_too_late_to_undo_once_the_period_has_ended(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D3: until then, and no longer, also where the renewal is late."""
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    [shown] = pools_of(acme_owner.account.subscription)
    assert not cancel_scheduled_reduction(pool=shown, by=acme_owner, at=DUE)
    assert moves.numbers(sell_pool) == (3, 0, 3)


def test_a_late_renewal_takes_nobody_who_was_chosen_for_the_next(
    acme_subscription: Subscription, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """D4: whom the buyer chose in December keeps the seat until January, as the page said."""
    moves.set_numbers({suite_nine_of_ten: 8}, by=acme_owner)
    by_age = list(suite_nine_of_ten.assignments.order_by("pk"))
    renew_if_due(acme_subscription, DUE)
    moves.set_numbers({suite_nine_of_ten: 7}, by=acme_owner, at=DUE, chosen=by_age[:1])
    assert not renew(subscription=acme_subscription, at=DUE)
    assert list(suite_nine_of_ten.assignments.order_by("pk")) == by_age[:8]


def test_who_came_after_the_reduction_was_scheduled_goes_before_the_others(
    acme_subscription: Subscription,
    acme: Account,
    acme_owner: Membership,
    sell_two_of_five: SeatPool,
) -> None:
    """D4: seats are taken until renewal; then the members added last go."""
    moves.set_numbers({sell_two_of_five: 2}, by=acme_owner)
    newest = cast.member(acme, "newest", Role.AGENT, sell_two_of_five, at=cast.NOW)
    renew(subscription=acme_subscription, at=DUE)
    assert Membership.objects.get(pk=newest.pk).role == Role.END_USER
    assert moves.numbers(sell_two_of_five) == (2, 2, 2)


def test_nobody_is_downgraded_for_a_legacy_plan(
    acme_subscription: Subscription,
    acme_owner: Membership,
    acme_admin: Membership,
    catalogue: cast.Catalogue,
) -> None:
    """R23: a seat taken after the reduction was scheduled stays, and its price is said."""
    legacy = cast.pool(acme_subscription, catalogue.legacy_sell, seats=5)
    cast.fill(legacy, 2)
    moves.set_numbers({legacy: 2}, by=acme_owner)
    assign_seat(
        pool=legacy,
        membership=acme_admin,
        source=AssignmentSource.GIVEN,
        by=cast.SETUP,
        at=cast.NOW,
    )
    [shown] = pools_of(acme_subscription)
    assert next_period_cents(acme_subscription, [shown]) == 3 * shown.unit_cents
    renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(legacy) == (3, 3, 3)


def test_a_seat_of_a_legacy_plan_that_is_taken_is_no_longer_to_go(
    acme_subscription: Subscription, acme_owner: Membership, catalogue: cast.Catalogue
) -> None:
    """R23, N5: one number, the same for every page, undone as any other, told in the ledger."""
    legacy = cast.pool(acme_subscription, catalogue.legacy_sell, seats=5)
    cast.fill(legacy, 2)
    moves.set_numbers({legacy: 2}, by=acme_owner)
    cast.fill(legacy, 4)
    assert moves.numbers(legacy) == (5, 4, 4)
    kept = legacy.changes.filter(kind=SeatChangeKind.KEPT).order_by("pk")
    told = kept.values_list("at_renewal_before", "at_renewal_after")
    assert list(told) == [(2, 3), (3, 4)]
    release_seat(assignment=legacy.assignments.all()[0], by=acme_owner, at=cast.NOW)
    moves.set_numbers({legacy: 5}, by=acme_owner)
    renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(legacy) == (5, 3, 5)


def test_nobody_is_downgraded_for_a_plan_that_became_legacy(
    acme_subscription: Subscription, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """R23: what is shown from then on is what the renewal does."""
    moves.set_numbers({sell_two_of_five: 1}, by=acme_owner)
    Plan.objects.filter(lines__pool=sell_two_of_five).update(is_legacy=True)
    [shown] = pools_of(acme_subscription)
    assert shown.at_renewal == 2
    renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(sell_two_of_five) == (2, 2, 2)


def test_buying_after_scheduling_keeps_the_reduction(
    acme_subscription: Subscription, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D3: two seats fewer at renewal stay two fewer."""
    moves.set_numbers({sell_pool: 3}, by=acme_owner)
    moves.buy({sell_pool: 4}, by=acme_owner)
    assert moves.numbers(sell_pool) == (9, 0, 7)
    renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(sell_pool) == (7, 0, 7)


def test_seats_removed_at_once_are_not_removed_again(
    acme_subscription: Subscription, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    moves.set_numbers({sell_pool: 3}, by=acme_owner, timing=Timing.NOW)
    renew(subscription=acme_subscription, at=DUE)
    assert moves.numbers(sell_pool) == (3, 0, 3)
