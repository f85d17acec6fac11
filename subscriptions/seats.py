"""Snapshots of the numbers of pools, and the order in which people lose seats."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Status
from subscriptions.models import ProductKind, SeatAssignment, SeatPool, Subscription
from subscriptions.models.catalog import is_called_legacy

FULL_CART_ABOVE_LINES = 7  # R16


@dataclass(frozen=True)
class LineSnapshot:
    id: int
    product: str
    tier: str
    includes: tuple[str, ...]
    is_add_on: bool
    unit_cents: int

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


@dataclass(frozen=True)
class Holder:
    """Someone with a seat in a pool, and what losing it would mean."""

    assignment_id: int
    membership_id: int
    name: str
    email: str
    assigned_at: datetime
    is_chosen: bool
    is_agent: bool
    seats_left: int
    status: str = Status.ACTIVE
    last_visit: datetime | None = None

    @property
    def is_suspended(self) -> bool:
        return self.status == Status.SUSPENDED

    @property
    def is_invited(self) -> bool:
        return self.status == Status.INVITED

    @property
    def becomes_end_user(self) -> bool:
        """Whether losing this seat makes the member an end user: not while suspended (D2, D4)."""
        return self.is_agent and not self.is_suspended and not self.seats_left


def snapshot(pool: SeatPool) -> PoolSnapshot:
    """Freeze a pool read with `with_lines()`."""
    is_legacy = any(line.plan.is_legacy for line in pool.lines.all())
    lines = [
        LineSnapshot(
            id=line.pk,
            product=line.plan.product.name,
            tier=line.plan.tier,
            includes=tuple(product.name for product in line.plan.product.includes.all()),
            is_add_on=line.plan.product.kind == ProductKind.ADD_ON,
            unit_cents=line.unit_cents,
        )
        for line in pool.lines.all()
    ]
    return PoolSnapshot(
        id=pool.pk,
        name=pool.name,
        purchased=pool.seats,
        assigned=pool.assigned,
        # Nobody is downgraded for a legacy plan, even one that became legacy in the meantime (R23).
        at_renewal=max(pool.seats_at_renewal, pool.assigned if is_legacy else 0),
        is_legacy=is_legacy,
        is_main=any(
            line.plan.product.kind == ProductKind.SUITE or line.plan.product.is_main
            for line in pool.lines.all()
        ),
        lines=tuple(lines),
    )


def pools_of(subscription: Subscription) -> list[PoolSnapshot]:
    """Every pool of a subscription, in a fixed number of queries."""
    return [snapshot(pool) for pool in subscription.pools.with_lines()]


def needs_full_cart(pools: Sequence[PoolSnapshot]) -> bool:
    """More than seven lines show every pool in the cart (R16)."""
    return sum(len(pool.lines) for pool in pools) > FULL_CART_ABOVE_LINES


def holders(pool_ids: Collection[int]) -> dict[int, list[Holder]]:
    """Everyone who could lose their seat if a pool shrinks, by pool, in the order of loss."""
    assignments = list(SeatAssignment.objects.filter(pool_id__in=pool_ids).in_order_of_loss())
    members = {assignment.membership_id for assignment in assignments}
    seats_held = Counter(
        SeatAssignment.objects.filter(membership_id__in=members).values_list(
            "membership_id", flat=True
        )
    )
    by_pool: dict[int, list[Holder]] = {pool_id: [] for pool_id in pool_ids}
    for assignment in assignments:
        by_pool[assignment.pool_id].append(
            Holder(
                assignment_id=assignment.pk,
                membership_id=assignment.membership_id,
                name=assignment.membership.name,
                email=assignment.membership.user.email,
                assigned_at=assignment.assigned_at,
                is_chosen=assignment.release_at_renewal,
                is_agent=assignment.membership.is_agent,
                seats_left=seats_held[assignment.membership_id] - 1,
                status=assignment.membership.status,
                last_visit=assignment.membership.last_visited_at,
            )
        )
    return by_pool


def who_loses(
    candidates: Sequence[Holder], count: int, chosen: Collection[int] = ()
) -> tuple[Holder, ...]:
    """The `count` holders who lose their seat (D4).

    First those chosen, in the order in which they were; then the first candidates.
    """
    rank = {assignment_id: number for number, assignment_id in enumerate(chosen)}
    named = [holder for holder in candidates if holder.assignment_id in rank]
    first = sorted(named, key=lambda holder: rank[holder.assignment_id])
    rest = [holder for holder in candidates if holder.assignment_id not in rank]
    return tuple([*first, *rest][: max(0, count)])


def losers_at_renewal(pools: Sequence[PoolSnapshot]) -> dict[int, tuple[Holder, ...]]:
    """Who would lose a seat at renewal as things stand, pool by pool (D4)."""
    reduced = holders([pool.id for pool in pools if pool.at_renewal < pool.assigned])
    going = {pool.id: _losers(pool, reduced.get(pool.id, [])) for pool in pools}
    # Whoever loses a seat in two pools at once has one less left than each alone says.
    lost = Counter(holder.membership_id for losing in going.values() for holder in losing)
    return {
        pool_id: tuple(
            replace(h, seats_left=h.seats_left - (lost[h.membership_id] - 1)) for h in losing
        )
        for pool_id, losing in going.items()
    }


def _losers(pool: PoolSnapshot, candidates: Sequence[Holder]) -> tuple[Holder, ...]:
    chosen = [holder.assignment_id for holder in candidates if holder.is_chosen]
    return who_loses(candidates, pool.assigned - pool.at_renewal, chosen)
