"""The numbers of a pool as they were when read."""

from collections.abc import Sequence
from dataclasses import dataclass

from subscriptions.models.catalog import is_called_legacy

FULL_CART_ABOVE_LINES = 7  # R16


@dataclass(frozen=True)
class LineSnapshot:
    # 0 for a line that is only proposed.
    id: int
    product: str
    tier: str
    includes: tuple[str, ...]
    is_add_on: bool
    unit_cents: int
    plan: int
    product_id: int
    included_ids: tuple[int, ...] = ()
    is_price_agreed: bool = False
    # What was agreed for the next renewal; nothing where it goes on as it is.
    ends: bool = False
    next_plan: int | None = None
    next_name: str = ""
    next_unit_cents: int | None = None
    is_next_price_agreed: bool = False

    @property
    def unit_cents_at_renewal(self) -> int:
        """What one seat costs per month from the renewal on; nothing once the line has ended."""
        if self.ends:
            return 0
        return self.unit_cents if self.next_unit_cents is None else self.next_unit_cents

    @property
    def says_next_price(self) -> bool:
        """Whether its price from the renewal on is agreed, or comes with another plan."""
        return self.next_plan is not None or self.is_next_price_agreed

    @property
    def name(self) -> str:
        return f"{self.product} {self.tier}".strip()

    @property
    def says_legacy(self) -> bool:
        """Whether the name says it already, so that a mark beside it would repeat it."""
        return is_called_legacy(self.name)


@dataclass(frozen=True)
class PoolSnapshot:
    """Purchased, assigned, available and at renewal, as they were when read."""

    id: int
    name: str
    purchased: int
    assigned: int
    at_renewal: int
    is_legacy: bool
    is_main: bool
    lines: tuple[LineSnapshot, ...]
    minimum: int = 0

    @property
    def ends(self) -> bool:
        """Whether all its lines end at renewal, so that everyone loses their seat (D15)."""
        return self.purchased > 0 and self.at_renewal == 0

    @property
    def query(self) -> str:
        """The query string that makes a page about seats open at this pool."""
        return f"?pool={self.id}"

    @property
    def covers(self) -> tuple[str, ...]:
        """The products one seat covers besides the one the pool is named after."""
        names: list[str] = []
        for line in self.lines:
            if line.name != self.name:
                names.append(line.name)
            names.extend(line.includes)
        return tuple(names)

    @property
    def says_legacy(self) -> bool:
        """Whether the name says it already."""
        return is_called_legacy(self.name)

    @property
    def available(self) -> int:
        return self.purchased - self.assigned

    @property
    def is_full(self) -> bool:
        return self.available == 0

    @property
    def is_last_seat(self) -> bool:
        return self.available == 1

    @property
    def is_low(self) -> bool:
        """Whether one seat or none is available (D12)."""
        return self.available <= 1

    @property
    def reduction(self) -> int:
        """How many seats will be removed at renewal."""
        return self.purchased - self.at_renewal

    @property
    def unit_cents(self) -> int:
        """What one seat costs in all its lines, per month."""
        return sum(line.unit_cents for line in self.lines)

    @property
    def unit_cents_at_renewal(self) -> int:
        """What one seat costs in all the lines that go on, per month from the renewal on."""
        return sum(line.unit_cents_at_renewal for line in self.lines)

    @property
    def cents_at_renewal(self) -> int:
        """What its seats at renewal cost per month from then on."""
        return self.at_renewal * self.unit_cents_at_renewal


def needs_full_cart(pools: Sequence[PoolSnapshot]) -> bool:
    """More than seven lines show every pool in the cart (R16)."""
    return sum(len(pool.lines) for pool in pools) > FULL_CART_ABOVE_LINES
