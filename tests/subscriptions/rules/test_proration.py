"""Money and dates, tried with what nobody thought of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Period, add_months, period_on
from subscriptions.rules.proration import apportion, prorate

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.sampled_from([1, 12])
CENTS = st.integers(0, 10**12)


def test_a_month_end_renews_on_the_last_day_of_shorter_months() -> None:
    anchor = date(2026, 1, 31)
    starts = [period_on(anchor, 1, date(2026, month, 15)).end for month in (2, 3, 4)]
    assert starts == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_leap_day_renews_on_the_28th_and_comes_back() -> None:
    anchor = date(2024, 2, 29)
    assert period_on(anchor, 12, date(2025, 6, 1)) == Period(date(2025, 2, 28), date(2026, 2, 28))
    assert period_on(anchor, 12, date(2027, 6, 1)).end == date(2028, 2, 29)


@given(anchor=DAYS, months=MONTHS, on=DAYS)
def test_every_day_is_in_exactly_one_period(anchor: date, months: int, on: date) -> None:
    period = period_on(anchor, months, on)
    assert period.start <= on < period.end
    assert period_on(anchor, months, period.end).start == period.end
    assert period_on(anchor, months, period.start - timedelta(days=1)).end == period.start


@given(start=DAYS, months=st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_last_of_the_month(start: date, months: int) -> None:
    later = add_months(start, months)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or (later + timedelta(days=1)).day == 1


@given(anchor=DAYS, months=MONTHS, on=DAYS)
def test_days_left_count_today_and_never_exceed_the_period(
    anchor: date, months: int, on: date
) -> None:
    period = period_on(anchor, months, on)
    assert 1 <= period.days_left(on) <= period.days
    assert period.days_left(period.start) == period.days
    assert period.days_left(period.end) == 0


@given(cents=CENTS, days=st.integers(1, 366), data=st.data())
def test_a_prorated_amount_is_the_exact_part_rounded_to_the_nearest_cent(
    cents: int, days: int, data: st.DataObject
) -> None:
    """D3, N1."""
    left = data.draw(st.integers(0, days))
    part = prorate(cents, left, days)
    assert abs(2 * (part * days - cents * left)) <= days
    assert 0 <= part <= cents
    assert prorate(cents, days, days) == cents
    assert prorate(cents, 0, days) == 0


@pytest.mark.parametrize(
    ("cents", "left", "days", "part"), [(1, 1, 2, 1), (3, 1, 2, 2), (1, 1, 3, 0)]
)
def test_half_a_cent_is_rounded_up(cents: int, left: int, days: int, part: int) -> None:
    assert prorate(cents, left, days) == part


@given(total=CENTS, weights=st.lists(st.integers(0, 10**9), max_size=20))
def test_the_lines_of_a_purchase_add_up_to_its_sum(total: int, weights: list[int]) -> None:
    """N1: what is shown line by line is what is charged, to the cent."""
    parts = apportion(total, weights)
    assert len(parts) == len(weights)
    if sum(weights):
        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * sum(weights) - total * weight) < sum(weights)


@given(total=CENTS, weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_what_weighs_nothing_costs_nothing(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
