"""What the Subscription page shows: lines, what they cost, what is scheduled."""

from collections.abc import Sequence
from dataclasses import dataclass

from subscriptions.models import Subscription
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot
from subscriptions.selectors.seats import displaced_at_renewal


@dataclass(frozen=True)
class LineRow:
    line: LineSnapshot
    seats: int
    period_cents: int


@dataclass(frozen=True)
class PoolRow:
    """A pool with its lines; amounts in cents for a whole period at today's seats."""

    pool: PoolSnapshot
    lines: tuple[LineRow, ...]
    displaced: tuple[Holder, ...]


def pool_rows(subscription: Subscription, pools: Sequence[PoolSnapshot]) -> list[PoolRow]:
    """Every pool with its lines, and who would lose a seat at renewal as things stand."""
    displaced = displaced_at_renewal(pools)
    return [
        PoolRow(
            pool=pool,
            lines=tuple(_line_row(line, pool, subscription.months) for line in pool.lines),
            displaced=displaced[pool.id],
        )
        for pool in pools
    ]


def _line_row(line: LineSnapshot, pool: PoolSnapshot, months: int) -> LineRow:
    return LineRow(line, pool.purchased, pool.purchased * line.unit_cents * months)


def next_period_cents(subscription: Subscription, pools: Sequence[PoolSnapshot]) -> int:
    """What the next period will cost, at the numbers at renewal."""
    return sum(pool.cents_at_renewal for pool in pools) * subscription.months_next
