"""Money and dates: whole cents, whole days, no database.

A price is in cents per seat and month. A period runs from its first day up to,
and not including, the day of the next renewal.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def days_left(self, on: date) -> int:
        """Days still to use, `on` included; never more than the period has."""
        return min(self.days, max(0, (self.end - on).days))


def add_months(start: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def period_on(anchor: date, months: int, on: date) -> Period:
    """The period that contains `on`, for periods of `months` counted from `anchor`.

    Counted from the anchor and not from the period before, so that a
    subscription of 31 January renews on 28 February and then on 31 March.
    """
    passed = (on.year - anchor.year) * 12 + on.month - anchor.month
    number = passed // months
    if add_months(anchor, number * months) > on:
        number -= 1
    return Period(add_months(anchor, number * months), add_months(anchor, (number + 1) * months))


def periods_between(anchor: date, months: int, end: date, on: date) -> list[Period]:
    """The periods from the one that begins on `end` to the one that contains `on`.

    None if `on` is before `end`.
    """
    periods = []
    while end <= on:
        period = period_on(anchor, months, end)
        periods.append(period)
        end = period.end
    return periods


def prorate(cents: int, days_left: int, days: int) -> int:
    """The part of a period's cents for the days left, half a cent rounded up (D3)."""
    return (2 * cents * days_left + days) // (2 * days)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` cents by weight so that the parts add up to it exactly.

    The lines of a purchase are shown beside their sum; what rounding leaves
    goes to the largest remainders.
    """
    whole = sum(weights)
    if whole == 0:
        return [0 for _ in weights]
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
