"""Quotes from the numbers as they are now: what a change would do and cost (N1, N2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from subscriptions.models import Subscription
from subscriptions.rules.order_of_loss import choose_displaced
from subscriptions.rules.quotes import (
    PoolChange,
    Quote,
    Timing,
    priced_quote,
    target_change,
    with_seats_left,
)
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import holders, pools_of


def quote_addition(
    subscription: Subscription,
    additions: Mapping[int, int],
    on: date,
    pools: Sequence[PoolSnapshot] | None = None,
) -> Quote:
    """Quote additional seats (`additions`: pool id → number), bought on `on` (R14).

    `pools` saves reading them again where a page has them already.
    """
    changes = []
    for pool in pools_of(subscription) if pools is None else pools:
        more = additions.get(pool.id, 0)
        changes.append(PoolChange(pool, pool.purchased + more, pool.at_renewal + more))
    return priced_quote(subscription, changes, on)


def quote_targets(
    subscription: Subscription,
    targets: Mapping[int, int],
    on: date,
    timing: Timing = Timing.AT_RENEWAL,
    chosen: Collection[int] = (),
) -> Quote:
    """Quote the seats needed (pool id → total), up or down (R8, D3).

    A number equal to the one at renewal changes nothing; up to what is
    purchased it moves the number at renewal; above, the difference is bought.
    `chosen` are the assignments to go first where someone loses a seat (D4).
    """
    pools = pools_of(subscription)
    changes = [target_change(pool, targets.get(pool.id, pool.at_renewal), timing) for pool in pools]
    return priced_quote(subscription, with_people(changes, chosen), on)


def with_people(changes: list[PoolChange], chosen: Collection[int]) -> list[PoolChange]:
    """The changes, each with those who lose a seat by it, and with those who could."""
    short = [c.pool.id for c in changes if c.is_change and c.at_renewal < c.pool.assigned]
    ending = [c.pool.id for c in changes if c.at_renewal == 0]
    candidates = holders(short, ending=ending)
    return with_seats_left(
        replace(
            change,
            displaced=choose_displaced(
                candidates[change.pool.id], change.pool.assigned - change.at_renewal, chosen
            ),
            candidates=tuple(candidates[change.pool.id]),
            by_default=choose_displaced(
                candidates[change.pool.id], change.pool.assigned - change.at_renewal
            ),
        )
        if change.pool.id in candidates
        else change
        for change in changes
    )
