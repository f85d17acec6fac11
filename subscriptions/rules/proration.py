"""What seats cost: whole cents, whole days, no database.

A price is in cents per seat and month.
"""

from collections.abc import Sequence
from typing import Protocol


def prorate(cents: int, days_left: int, days: int) -> int:
    """The part of a period's cents for the days left, half a cent rounded up (D3)."""
    return (2 * cents * days_left + days) // (2 * days)


class Charged(Protocol):
    """A charge as far as giving it back goes."""

    seats: int
    unit_cents: int
    months: int
    days: int
    of_days: int
    cents: int


def credited_cents(
    charge: Charged, seats: int, days: int, *, seats_back: int = 0, cents_back: int = 0
) -> int:
    """What so many seats of a charge come to for its last days, to be given back (D16).

    `seats_back` and `cents_back` of it were given back before. The last of its seats for all
    its days leave nothing of it, however its rounding was shared; and never is more given back
    than was charged, though each seat given back by itself is rounded up.
    """
    period = charge.seats * charge.unit_cents * charge.months
    # A charge for no days stands for one made before charges were recorded.
    left = (charge.cents if charge.days else period) - cents_back
    if (seats_back + seats, days) == (charge.seats, charge.days):
        return left
    return min(left, prorate(seats * charge.unit_cents * charge.months, days, charge.of_days))


def is_rounding_shared(cents: int, full_cents: int, days_left: int, days: int) -> bool:
    """Whether a part of a sum is not what its own price and days come to (N10)."""
    return abs(cents) != prorate(full_cents, days_left, days)


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
