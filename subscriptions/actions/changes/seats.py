"""More or fewer seats of a pool (D15)."""

from dataclasses import replace

from subscriptions import errors
from subscriptions.actions.changes.credits import credits_for
from subscriptions.actions.changes.draft import Draft, Now
from subscriptions.actions.preconditions import (
    MAX_SEATS,
    check_number,
    max_seats,
    refusal_of_minimum,
)
from subscriptions.models import ChargeKind
from subscriptions.rules.changes import ChangeSeats, ProposedCharge
from subscriptions.rules.quotes import PoolChange, Timing, priced_quote
from subscriptions.rules.routes import Removal, pool_rule
from subscriptions.selectors.quotes import with_people


def draft_seats(change: ChangeSeats, now: Now) -> Draft:
    """Raises ValidationError `unknown_pool`, `bad_number`, `ending`, `below_minimum`.

    Of a legacy pool `not_addable`, `unassigned_only`, and `not_allowed` for who is no superuser
    and overrides.
    """
    pool = now.pool(change.pool)
    check_number(change.seats)
    purchased = change.seats if change.timing == Timing.NOW else max(pool.purchased, change.seats)
    [drafted] = with_people([PoolChange(pool, purchased, change.seats)], change.chosen)
    _check(change, drafted, now)
    [priced] = priced_quote(now.subscription, [drafted], now.on).changes
    charges = _bought(priced, now.days_left)
    if change.credit and priced.removed_now:
        for line in pool.lines:
            charges += credits_for(now, pool, line, priced.removed_now)
    after = replace(pool, purchased=priced.seats, at_renewal=priced.at_renewal)
    return now.draft(after, pools=(priced,), charges=charges)


def _check(change: ChangeSeats, drafted: PoolChange, now: Now) -> None:
    pool = drafted.pool
    if pool.ends:
        raise errors.ENDING.error(name=pool.name)
    acts_on = now.on if change.timing == Timing.NOW else now.subscription.period_end
    if refusal := refusal_of_minimum(now.subscription, pool, drafted.at_renewal, acts_on):
        raise refusal
    if change.overrides_legacy and not now.by_superuser:
        raise errors.ONLY_SUPERUSERS_OVERRIDE.error()
    if pool.is_legacy and not change.overrides_legacy:
        _check_legacy(drafted, now)
    if pool.is_legacy and drafted.displaced and not drafted.removed_now:
        # At renewal nobody loses a legacy seat, whoever wants it (R23).
        raise errors.UNASSIGNED_ONLY.error(pool=pool.name, available=pool.available)
    if drafted.seats > MAX_SEATS:
        raise errors.TOO_MANY.error(most=max_seats())


def _check_legacy(drafted: PoolChange, now: Now) -> None:
    """R23, of which only a superuser makes exceptions."""
    pool, rule = drafted.pool, pool_rule(now.subscription.account.kind, is_legacy=True)
    if drafted.added and not rule.can_add:
        raise errors.NOT_ADDABLE.error(pool=pool.name)
    fewer = drafted.delta < 0 or drafted.removed_now
    is_fixed = now.subscription.account.is_sales_managed and rule.removal is Removal.NONE
    if fewer and is_fixed:
        raise errors.LEGACY_FIXED.error(pool=pool.name)
    if fewer and (drafted.displaced or drafted.removed_now):
        raise errors.UNASSIGNED_ONLY.error(pool=pool.name, available=pool.available)


def _bought(change: PoolChange, days: int) -> tuple[ProposedCharge, ...]:
    return tuple(
        ProposedCharge(
            kind=ChargeKind.PURCHASE,
            name=charge.line.name,
            line=charge.line.id,
            pool=change.pool.id,
            seats=charge.seats,
            unit_cents=charge.line.unit_cents,
            days=days,
            cents=charge.cents,
        )
        for charge in change.charges
    )
