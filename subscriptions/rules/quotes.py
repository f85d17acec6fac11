"""Quotes: what a change of seats would do and cost, before it is made (N1, N2)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.periods import Period
from subscriptions.models import Subscription
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.proration import apportion, is_rounding_shared, prorate
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot

# A purchase above either is asked for once more: it may be a slip of the hand.
MANY_TIMES, MUCH_CENTS = 10, 1_000_000
# The preview carries every tick in its address, which servers cut off at 4,094 characters.
MAX_TICKED = 20


class Timing(TextChoices):
    """When seats go (D3)."""

    AT_RENEWAL = "at_renewal", _("At renewal")
    NOW = "now", _("Immediately, without a refund")


@dataclass(frozen=True)
class LineCharge:
    """What one line of a pool adds to today's charge."""

    line: LineSnapshot
    seats: int
    period_cents: int
    cents: int = 0


@dataclass(frozen=True)
class PoolChange:
    """One pool, before and after."""

    pool: PoolSnapshot
    seats: int
    at_renewal: int
    charges: tuple[LineCharge, ...] = ()
    displaced: tuple[Holder, ...] = ()
    candidates: tuple[Holder, ...] = ()
    # Whom it would take if the buyer chose nobody.
    by_default: tuple[Holder, ...] = ()

    @property
    def can_be_ticked(self) -> bool:
        """Few enough lose a seat for a page to send all their ticks along."""
        return len(self.displaced) <= MAX_TICKED

    @property
    def added(self) -> int:
        return max(0, self.seats - self.pool.purchased)

    @property
    def removed_now(self) -> int:
        return max(0, self.pool.purchased - self.seats)

    @property
    def delta(self) -> int:
        """How the number at renewal moves; what the buyer entered, in effect."""
        return self.at_renewal - self.pool.at_renewal

    @property
    def is_many(self) -> bool:
        """More seats are bought than the pool has, many times over."""
        return self.added > MANY_TIMES * self.pool.purchased

    @property
    def is_on_top_of_reduction(self) -> bool:
        """Seats are bought where others were to go at renewal, which now stay."""
        return bool(self.added and self.pool.reduction)

    @property
    def is_at_renewal(self) -> bool:
        """The number at renewal moves otherwise than by what is bought or removed now."""
        moved = self.is_on_top_of_reduction or not (self.added or self.removed_now)
        return moved and bool(self.delta)

    @property
    def cents_at_renewal(self) -> int:
        """What its seats at renewal cost per month from then on."""
        return self.at_renewal * self.pool.unit_cents_at_renewal

    @property
    def is_change(self) -> bool:
        return self.seats != self.pool.purchased or self.at_renewal != self.pool.at_renewal

    @property
    def is_scheduled(self) -> bool:
        """Seats go at renewal and not before."""
        return self.at_renewal < self.seats and self.at_renewal != self.pool.at_renewal

    @property
    def cents(self) -> int:
        return sum(charge.cents for charge in self.charges)


@dataclass(frozen=True)
class Quote:
    """Everything the buyer is shown, and the fingerprint that proves what they agreed to.

    All amounts are in cents. `period_cents` is the next period, at the new numbers and at what
    is agreed for it.
    """

    subscription: Subscription
    changes: tuple[PoolChange, ...]
    period: Period
    days_left: int
    charged_cents: int
    period_cents: int
    period_cents_before: int

    @property
    def changed(self) -> tuple[PoolChange, ...]:
        return tuple(change for change in self.changes if change.is_change)

    @property
    def is_empty(self) -> bool:
        return not self.changed

    @property
    def added(self) -> int:
        return sum(change.added for change in self.changes)

    @property
    def removed_now(self) -> int:
        return sum(change.removed_now for change in self.changes)

    @property
    def needs_confirmation(self) -> bool:
        """Seats go at once, or more than ten times a pool or 10,000 of money is bought."""
        return bool(
            self.removed_now
            or self.charged_cents > MUCH_CENTS
            or any(change.is_many for change in self.changes)
        )

    @property
    def displaced(self) -> tuple[Holder, ...]:
        return tuple(holder for change in self.changes for holder in change.displaced)

    @property
    def is_rounding_shared(self) -> bool:
        """Some line's part of today's charge is not what its own price and days come to."""
        return any(
            is_rounding_shared(charge.cents, charge.period_cents, self.days_left, self.period.days)
            for change in self.changes
            for charge in change.charges
        )

    @property
    def more_per_period_cents(self) -> int:
        """What a whole period costs more than before; negative for less."""
        return self.period_cents - self.period_cents_before

    @property
    def fingerprint(self) -> str:
        """Equal for two quotes exactly if numbers, price and people affected are equal (D6)."""
        facts = [
            [
                self.subscription.pk,
                self.subscription.currency,
                self.charged_cents,
                self.period_cents,
                self.period.end.isoformat(),
            ],
            [
                [
                    *(change.pool.id, change.pool.purchased, change.pool.at_renewal),
                    *(change.seats, change.at_renewal),
                    *sorted(holder.assignment_id for holder in change.displaced),
                ]
                for change in self.changed
            ],
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def target_change(pool: PoolSnapshot, target: int, timing: Timing) -> PoolChange:
    if timing == Timing.NOW and target < pool.at_renewal:
        return PoolChange(pool, target, target)
    return PoolChange(pool, max(pool.purchased, target), target)


def with_seats_left(changes: Iterable[PoolChange]) -> list[PoolChange]:
    """The changes, with what is left to people who lose seats in several pools at once."""
    changes = list(changes)
    lost = Counter(holder.membership_id for change in changes for holder in change.displaced)

    def left(holder: Holder) -> Holder:
        others = lost[holder.membership_id] - 1
        return replace(holder, seats_left=holder.seats_left - others)

    return [replace(change, displaced=tuple(map(left, change.displaced))) for change in changes]


def priced_quote(subscription: Subscription, changes: list[PoolChange], on: date) -> Quote:
    on = subscription.day_priced(on)
    period = subscription.period_on(on)
    days_left, months = period.days_left(on), subscription.months
    months_next = subscription.months_next
    priced = [_priced(change, months) for change in changes]
    full = [charge.period_cents for change in priced for charge in change.charges]
    charged = prorate(sum(full), days_left, period.days)
    parts = iter(apportion(charged, full))
    priced = [
        replace(change, charges=tuple(replace(c, cents=next(parts)) for c in change.charges))
        for change in priced
    ]
    return Quote(
        subscription=subscription,
        changes=tuple(priced),
        period=period,
        days_left=days_left,
        charged_cents=charged,
        period_cents=sum(c.cents_at_renewal for c in changes) * months_next,
        period_cents_before=sum(c.pool.cents_at_renewal for c in changes) * months_next,
    )


def _priced(change: PoolChange, months: int) -> PoolChange:
    if not change.added:
        return change
    charges = tuple(
        LineCharge(line, change.added, change.added * line.unit_cents * months)
        for line in change.pool.lines
    )
    return replace(change, charges=charges)
