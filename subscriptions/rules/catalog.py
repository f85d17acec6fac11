"""The prices of a product as they were when read, and what a new set of them changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from core.money import format_money
from subscriptions.models import Currency, Cycle, Plan


@dataclass(frozen=True)
class Cell:
    """Where a price stands: of which plan, in which currency, for which billing cycle."""

    plan_id: int
    currency: Currency
    cycle: Cycle

    @property
    def label(self) -> str:
        """In the current language: EUR Monthly."""
        return f"{self.currency} {self.cycle.label}"


# Cents per seat and month; a cell without a price is not there.
Prices = Mapping[Cell, int]


@dataclass(frozen=True)
class PriceChange:
    """Cents before and after; None where there was, or is, no price."""

    cell: Cell
    before: int | None
    after: int | None

    @property
    def sentence(self) -> str:
        """In the current language: `EUR Monthly: €115.00 → €120.00`."""
        before, after = (self._money(cents) for cents in (self.before, self.after))
        return f"{self.cell.label}: {before} → {after}"

    def _money(self, cents: int | None) -> str:
        return "–" if cents is None else format_money(cents, self.cell.currency)


def cells_of(plan_id: int) -> Iterator[Cell]:
    """Every price a plan can have."""
    for currency in Currency:
        for cycle in Cycle:
            yield Cell(plan_id, currency, cycle)


def changes(before: Prices, after: Mapping[Cell, int | None]) -> list[PriceChange]:
    """What differs, in the order of `after`."""
    return [
        PriceChange(cell, before.get(cell), cents)
        for cell, cents in after.items()
        if before.get(cell) != cents
    ]


def fingerprint(prices: Prices) -> str:
    """The same for the same prices, so that nobody overwrites what they have not seen."""
    said = sorted(f"{c.plan_id} {c.currency} {c.cycle} {cents}" for c, cents in prices.items())
    return sha256("\n".join(said).encode()).hexdigest()[:32]


def unpriced(plan: Plan, prices: Prices) -> list[Cell]:
    """Where the plan cannot be sold, for want of a price."""
    return [cell for cell in cells_of(plan.pk) if cell not in prices]
