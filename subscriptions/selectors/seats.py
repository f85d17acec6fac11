"""Pools and those who hold their seats, read in a fixed number of queries."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from subscriptions.models import Line, ProductKind, SeatAssignment, SeatPool, Subscription
from subscriptions.rules.order_of_loss import Holder, choose_displaced
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot


def snapshot(pool: SeatPool) -> PoolSnapshot:
    """Freeze a pool read with `with_lines()`."""
    is_legacy = any(line.plan.is_legacy for line in pool.lines.all())
    return PoolSnapshot(
        id=pool.pk,
        name=pool.name,
        purchased=pool.seats,
        assigned=pool.assigned,
        # Nobody is downgraded for a legacy plan, even one that became legacy in the meantime (R23).
        # But where it ends, there is nothing to hold a seat of.
        at_renewal=max(pool.seats_at_renewal, pool.assigned if is_legacy else 0)
        if pool.seats_at_renewal
        else 0,
        is_legacy=is_legacy,
        is_main=any(
            line.plan.product.kind == ProductKind.SUITE or line.plan.product.is_main
            for line in pool.lines.all()
        ),
        lines=tuple(line_snapshot(line) for line in pool.lines.all()),
        minimum=pool.minimum_seats,
    )


def line_snapshot(line: Line) -> LineSnapshot:
    """Freeze a line read with its plan, its product and what that includes."""
    included = line.plan.product.includes.all()
    return LineSnapshot(
        id=line.pk or 0,
        product=line.plan.product.name,
        tier=line.plan.tier,
        includes=tuple(product.name for product in included),
        is_add_on=line.plan.product.kind == ProductKind.ADD_ON,
        unit_cents=line.unit_cents,
        plan=line.plan_id,
        product_id=line.plan.product_id,
        included_ids=tuple(product.pk for product in included),
        is_price_agreed=line.is_price_agreed,
        ends=line.ends_at_renewal,
        next_plan=line.plan_at_renewal_id,
        next_name=str(line.plan_at_renewal) if line.plan_at_renewal else "",
        next_unit_cents=line.unit_cents_at_renewal,
        is_next_price_agreed=line.is_next_price_agreed,
    )


def pools_of(subscription: Subscription) -> list[PoolSnapshot]:
    """Every pool of a subscription that has not ended, in a fixed number of queries."""
    return [snapshot(pool) for pool in subscription.pools.standing().with_lines()]


def holders(pool_ids: Collection[int], *, ending: Collection[int] = ()) -> dict[int, list[Holder]]:
    """Everyone who could lose their seat if a pool shrinks, by pool, in the order of loss.

    Of pools that are `ending` the owner too: there is nothing left to hold a seat of.
    """
    assignments = list(SeatAssignment.objects.filter(pool_id__in=pool_ids).in_order_of_loss(ending))
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


def seats_of_members(members: Collection[int], pools: Collection[int]) -> list[SeatAssignment]:
    """What these members hold in these pools, in the order of the members."""
    if not members:
        return []
    held = SeatAssignment.objects.filter(membership__in=members, pool__in=pools).order_by("pk")
    rank = {member: number for number, member in enumerate(members)}
    return sorted(held, key=lambda seat: rank[seat.membership_id])


def displaced_at_renewal(pools: Sequence[PoolSnapshot]) -> dict[int, tuple[Holder, ...]]:
    """Who would lose a seat at renewal as things stand, pool by pool (D4)."""
    reduced = holders(
        [pool.id for pool in pools if pool.at_renewal < pool.assigned],
        ending=[pool.id for pool in pools if pool.ends],
    )
    going = {pool.id: _displaced(pool, reduced.get(pool.id, [])) for pool in pools}
    # Whoever loses a seat in two pools at once has one less left than each alone says.
    lost = Counter(holder.membership_id for losing in going.values() for holder in losing)
    return {
        pool_id: tuple(
            replace(h, seats_left=h.seats_left - (lost[h.membership_id] - 1)) for h in losing
        )
        for pool_id, losing in going.items()
    }


def pools_on(subscription: Subscription, on: date) -> list[PoolSnapshot]:
    """Every pool of a subscription as it is on a day: where the renewal is due, as it leaves them.

    For pages that must not renew it themselves.
    """
    pools = pools_of(subscription)
    if not subscription.is_due(on):
        return pools
    going = displaced_at_renewal(pools)
    return [
        replace(pool, purchased=pool.at_renewal, assigned=pool.assigned - len(going[pool.id]))
        for pool in pools
    ]


def _displaced(pool: PoolSnapshot, candidates: Sequence[Holder]) -> tuple[Holder, ...]:
    chosen = [holder.assignment_id for holder in candidates if holder.is_chosen]
    return choose_displaced(candidates, pool.assigned - pool.at_renewal, chosen)
