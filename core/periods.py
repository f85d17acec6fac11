"""Periods of whole months: from the first day up to, and not including, the next one's first."""

from calendar import monthrange
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

    Counted from the anchor and not from the period before, so that an
    anchor of 31 January leads to 28 February and then to 31 March.
    """
    passed = (on.year - anchor.year) * 12 + on.month - anchor.month
    number = passed // months
    if add_months(anchor, number * months) > on:
        number -= 1
    return Period(add_months(anchor, number * months), add_months(anchor, (number + 1) * months))


def periods_between(anchor: date, months: int, start: date, on: date) -> list[Period]:
    """The periods from the one that begins on `start` to the one that contains `on`.

    None if `on` is before `start`.
    """
    periods = []
    while start <= on:
        period = period_on(anchor, months, start)
        periods.append(period)
        start = period.end
    return periods
