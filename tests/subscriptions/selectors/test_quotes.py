"""What a change would do and cost, before anyone clicks: D6, N1, N2."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions.preconditions import check_number
from subscriptions.models import SeatPool, Subscription
from subscriptions.rules.quotes import Quote, Timing
from subscriptions.selectors.quotes import quote_addition, quote_targets
from tests import cast, moves

ON = cast.NOW.date()


def test_a_purchase_is_prorated_to_the_end_of_the_paid_period(
    acme_subscription: Subscription, suite_pool: SeatPool
) -> None:
    """N1, D3: 8 of November's 30 days are left, today included."""
    quote = quote_addition(acme_subscription, {suite_pool.pk: 3}, ON)
    assert (quote.days_left, quote.period.days) == (8, 30)
    assert quote.charged_cents == 3 * 14000 * 8 // 30
    assert quote.period_cents_before == 10 * 14000
    assert quote.period_cents == 13 * 14000


def test_who_loses_a_seat_in_two_pools_at_once_is_said_to_become_an_end_user(
    acme: Account, acme_subscription: Subscription, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """D4, N2: each pool alone would leave them the other's seat."""
    cast.member(acme, "boss", Role.ADMIN, suite_pool, sell_pool)
    cast.member(acme, "both", Role.AGENT, suite_pool, sell_pool)
    one, two = (
        quote_targets(acme_subscription, dict.fromkeys(pools, 1), ON, Timing.NOW)
        for pools in ([sell_pool.pk], [sell_pool.pk, suite_pool.pk])
    )
    assert [holder.becomes_end_user for holder in one.displaced] == [False]
    assert [holder.becomes_end_user for holder in two.displaced] == [True, True]


def test_the_day_a_seat_goes_is_part_of_what_was_shown(
    acme_subscription: Subscription, sell_pool: SeatPool
) -> None:
    """D6: until 1 December, and an instant later until 1 January."""
    shown = quote_targets(acme_subscription, {sell_pool.pk: 3}, date(2026, 11, 30))
    now = quote_targets(acme_subscription, {sell_pool.pk: 3}, date(2026, 12, 1))
    assert shown.fingerprint != now.fingerprint


def test_of_a_legacy_plan_what_is_taken_since_stays_at_renewal(
    acme_subscription: Subscription, acme_owner: Membership, catalogue: cast.Catalogue
) -> None:
    """R23: two came after the reduction was scheduled; nobody is named, and the price is theirs."""
    legacy = cast.pool(acme_subscription, catalogue.legacy_sell, seats=10)
    cast.fill(legacy, 7)
    moves.set_numbers({legacy: 7}, by=acme_owner)
    cast.fill(legacy, 9)
    quote = quote_targets(acme_subscription, {legacy.pk: 10}, ON)
    [change] = quote.changed
    assert (change.pool.at_renewal, change.delta, quote.displaced) == (9, 1, ())
    assert quote.period_cents_before == 9 * change.pool.unit_cents


def test_annual_billing_prorates_the_year(globex: Account, globex_pool: SeatPool) -> None:
    """N1: 343 of 365 days are left; a year costs twelve months."""
    quote = quote_addition(globex.subscription, {globex_pool.pk: 1}, ON)
    a_year = 12 * sum(line.unit_cents for line in globex_pool.lines.all())
    assert quote.days_left == 343
    assert quote.charged_cents == round(a_year * 343 / 365)
    assert quote.period_cents - quote.period_cents_before == a_year


def test_the_lines_shown_add_up_to_the_sum_charged(
    acme_subscription: Subscription, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """R15, N1."""
    for on in (date(2026, 11, day) for day in range(1, 31)):
        quote = quote_addition(acme_subscription, {suite_pool.pk: 1, sell_pool.pk: 7}, on)
        lines = [charge for change in quote.changes for charge in change.charges]
        assert len(lines) == 3
        assert sum(line.cents for line in lines) == quote.charged_cents
        assert sum(change.cents for change in quote.changes) == quote.charged_cents


def test_where_the_renewal_is_late_the_current_period_counts(
    acme_subscription: Subscription, suite_pool: SeatPool
) -> None:
    quote = quote_addition(acme_subscription, {suite_pool.pk: 1}, date(2027, 2, 15))
    assert (quote.days_left, quote.period.days) == (14, 28)


@pytest.mark.parametrize(
    ("target", "timing", "seats", "at_renewal"),
    [
        (8, Timing.AT_RENEWAL, 10, 8),
        (8, Timing.NOW, 8, 8),
        (12, Timing.AT_RENEWAL, 12, 12),
        (12, Timing.NOW, 12, 12),
        (10, Timing.NOW, 10, 10),
    ],
)
def test_the_number_is_what_is_needed_up_or_down(
    acme_subscription: Subscription,
    suite_pool: SeatPool,
    target: int,
    timing: Timing,
    seats: int,
    at_renewal: int,
) -> None:
    """R8, D3."""
    [change] = quote_targets(acme_subscription, {suite_pool.pk: target}, ON, timing).changes
    assert (change.seats, change.at_renewal) == (seats, at_renewal)


def test_who_would_lose_a_seat_is_named_before_anything_happens(
    acme_subscription: Subscription, suite_nine_of_ten: SeatPool
) -> None:
    """N2, D4."""
    quote = quote_targets(acme_subscription, {suite_nine_of_ten.pk: 7}, ON)
    assert [holder.name for holder in quote.displaced] == [
        f"Acme {suite_nine_of_ten.pk}-seat9",
        f"Acme {suite_nine_of_ten.pk}-seat8",
    ]
    assert len(quote.changes[0].candidates) == 9
    assert moves.numbers(suite_nine_of_ten) == (10, 9, 10)


def test_removing_free_seats_costs_nobody_anything(
    acme_subscription: Subscription, sell_two_of_five: SeatPool
) -> None:
    quote = quote_targets(acme_subscription, {sell_two_of_five.pk: 2}, ON)
    assert (quote.displaced, quote.charged_cents) == ((), 0)
    assert quote.period_cents == 2 * 4900


def test_a_quote_without_change_is_empty(
    acme_subscription: Subscription, sell_two_of_five: SeatPool
) -> None:
    assert quote_targets(acme_subscription, {sell_two_of_five.pk: 5}, ON, Timing.NOW).is_empty


class TestTheMarkOfConsent:
    """D6: the same mark exactly if numbers, price and people are the same."""

    @pytest.fixture
    def quoted(
        self, acme_subscription: Subscription, suite_nine_of_ten: SeatPool
    ) -> Callable[[], Quote]:
        def again() -> Quote:
            subscription = Subscription.objects.get(pk=acme_subscription.pk)
            return quote_targets(subscription, {suite_nine_of_ten.pk: 8}, ON)

        return again

    def test_it_is_the_same_for_the_same(self, quoted: Callable[[], Quote]) -> None:
        assert quoted().fingerprint == quoted().fingerprint

    def test_who_keeps_their_seat_does_not_matter(
        self, quoted: Callable[[], Quote], acme_owner: Membership, suite_nine_of_ten: SeatPool
    ) -> None:
        """A seat given to the owner, say, takes nobody else's."""
        before = quoted().fingerprint
        Membership.objects.filter(account=acme_owner.account).update(name="Renamed")
        assert quoted().fingerprint == before

    def test_another_person_to_lose_a_seat_is_another_mark(
        self, quoted: Callable[[], Quote], acme: Account, suite_nine_of_ten: SeatPool
    ) -> None:
        before = quoted().fingerprint
        cast.member(acme, "newest", Role.AGENT, suite_nine_of_ten, at=cast.NOW)
        assert quoted().fingerprint != before

    def test_another_number_is_another_mark(
        self, quoted: Callable[[], Quote], acme_owner: Membership, suite_nine_of_ten: SeatPool
    ) -> None:
        before = quoted().fingerprint
        moves.buy({suite_nine_of_ten: 1}, by=acme_owner)
        assert quoted().fingerprint != before

    def test_another_price_is_another_mark(
        self, quoted: Callable[[], Quote], suite_nine_of_ten: SeatPool
    ) -> None:
        before = quoted().fingerprint
        suite_nine_of_ten.lines.update(unit_cents=1)
        assert quoted().fingerprint != before


def test_the_largest_number_is_written_as_the_language_writes_it() -> None:
    """D11: in German a comma would make 100 of 100,000."""
    for language, written in (("en", "1 to 100,000."), ("de", "100.000")):
        with translation.override(language), pytest.raises(ValidationError, match=written):
            check_number(0)


@pytest.mark.parametrize(("more", "asks"), [(1, False), (50, False), (51, True)])
def test_more_than_ten_times_the_pool_is_asked_once_more(
    more: int, asks: bool, acme_subscription: Subscription, sell_pool: SeatPool
) -> None:
    """2.4: the pool has 5 seats; what they cost matters as well, see below."""
    assert quote_addition(acme_subscription, {sell_pool.pk: more}, ON).needs_confirmation is asks


def test_more_than_ten_thousand_is_asked_once_more(
    acme_subscription: Subscription, catalogue: cast.Catalogue
) -> None:
    """2.4: in the currency of the subscription, charged today."""
    pool = cast.pool(acme_subscription, catalogue.sell, seats=1000)
    quotes = [quote_addition(acme_subscription, {pool.pk: more}, ON) for more in (765, 766)]
    assert [quote.charged_cents for quote in quotes] == [999_600, 1_000_907]
    assert [quote.needs_confirmation for quote in quotes] == [False, True]


def test_seats_that_go_at_once_are_asked_about_once_more_and_at_renewal_not(
    acme_subscription: Subscription, sell_pool: SeatPool
) -> None:
    """2.4, D3"""
    asks = [
        quote_targets(acme_subscription, {sell_pool.pk: 4}, ON, timing).needs_confirmation
        for timing in (Timing.NOW, Timing.AT_RENEWAL)
    ]
    assert asks == [True, False]


def test_it_says_where_a_part_is_not_what_its_formula_comes_to(
    acme_subscription: Subscription, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """N10: 30.67 and 6.67 would be 37.34; 140.00 for 8 of 30 days is 37.33."""
    assert quote_addition(acme_subscription, {suite_pool.pk: 1}, ON).is_rounding_shared
    assert not quote_addition(acme_subscription, {suite_pool.pk: 3}, ON).is_rounding_shared
    assert not quote_addition(acme_subscription, {sell_pool.pk: 1}, ON).is_rounding_shared
