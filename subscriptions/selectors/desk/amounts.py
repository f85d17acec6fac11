"""Sums on the desk: one for each currency, since accounts pay in different ones."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Amount:
    """Cents of one currency."""

    cents: int
    currency: str


def sums(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """What the amounts come to, currency by currency; currencies never meet in a sum."""
    totals: Counter[str] = Counter()
    for amount in amounts:
        totals[amount.currency] += amount.cents
    return tuple(Amount(cents, currency) for currency, cents in sorted(totals.items()))
