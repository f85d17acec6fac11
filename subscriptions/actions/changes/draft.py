"""What drafts of a change are made from, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from accounts.actors import Actor
from core.periods import Period
from subscriptions import errors
from subscriptions.models import Plan, Price, Subscription, TermKind
from subscriptions.rules.changes import ProposedCharge, ProposedTerm
from subscriptions.rules.quotes import PoolChange
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot


@dataclass(frozen=True)
class Draft:
    """What a change does: all of it.

    `next_pools` is how pools and lines are afterwards, without lines that end today and with
    those that are added; `stored` what of the subscription's own fields changes;
    `months_next` how long the next period is.
    """

    next_pools: Sequence[PoolSnapshot]
    months_next: int
    stored: Mapping[str, Any] = field(default_factory=dict)
    pools: tuple[PoolChange, ...] = ()
    charges: tuple[ProposedCharge, ...] = ()
    terms: tuple[ProposedTerm, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def period_cents(self) -> int:
        return sum(pool.cents_at_renewal for pool in self.next_pools) * self.months_next

    @property
    def charged_cents(self) -> int:
        """Today, in cents; negative where more is given back than charged."""
        return sum(charge.cents for charge in self.charges)

    @property
    def is_empty(self) -> bool:
        changed = any(change.is_change for change in self.pools)
        return not (changed or self.charges or self.terms)


@dataclass(frozen=True)
class Now:
    """A subscription as it stands when a change is tried or done, and who tries."""

    subscription: Subscription
    pools: Sequence[PoolSnapshot]
    actor: Actor
    at: datetime

    @property
    def on(self) -> date:
        """The day that the change is priced on."""
        return self.subscription.day_priced(self.at.date())

    @property
    def period(self) -> Period:
        return self.subscription.period_on(self.on)

    @property
    def days_left(self) -> int:
        return self.period.days_left(self.on)

    @property
    def by_superuser(self) -> bool:
        return self.actor.staff is not None and self.actor.staff.is_superuser

    def pool(self, pk: int) -> PoolSnapshot:
        """Raises ValidationError `unknown_pool`."""
        for pool in self.pools:
            if pool.id == pk:
                return pool
        raise errors.UNKNOWN_POOL.error()

    def line(self, pk: int) -> tuple[PoolSnapshot, LineSnapshot]:
        """A line that stands, and its pool. Raises ValidationError `unknown_line`."""
        for pool in self.pools:
            for line in pool.lines:
                if line.id == pk:
                    return pool, line
        raise errors.UNKNOWN_LINE.error()

    def price(self, plan: Plan, cycle: str) -> int:
        """What the catalogue asks, in cents. Raises ValidationError `no_price`."""
        currency = self.subscription.currency
        price = Price.objects.filter(plan=plan, currency=currency, cycle=cycle).first()
        if price is None:
            raise errors.NO_PRICE.error(plan=str(plan))
        return price.cents

    def next_price(self, plan: int, unit_cents: int, is_agreed: bool) -> int | None:
        """What a line costs from the renewal on if nothing is agreed for it; None: as now.

        With another billing, what the catalogue asks for that, if it does.
        """
        if is_agreed or not self.subscription.cycle_at_renewal:
            return None
        listed = Price.objects.filter(
            plan=plan, currency=self.subscription.currency, cycle=self.subscription.cycle_next
        )
        cents = listed.values_list("cents", flat=True).first()
        return None if cents == unit_cents else cents

    def draft(self, *changed: PoolSnapshot, **what: Any) -> Draft:
        """A draft after which these pools are as given, and the others as they are."""
        by_id = {pool.id: pool for pool in changed}
        pools = [by_id.pop(pool.id, pool) for pool in self.pools]
        months = what.pop("months_next", self.subscription.months_next)
        return Draft([*pools, *by_id.values()], months, **what)

    def term(self, what: TermKind, name: str, before: Any, after: Any, **more: Any) -> ProposedTerm:
        """What is agreed, from today on unless `from_day` is given."""
        more.setdefault("from_day", self.on)
        return ProposedTerm(what, name, _text(before), _text(after), **more)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def with_line(pool: PoolSnapshot, line: LineSnapshot, **changed: Any) -> PoolSnapshot:
    """The pool with one of its lines changed."""
    lines = (replace(each, **changed) if each.id == line.id else each for each in pool.lines)
    return replace(pool, lines=tuple(lines))


def without_line(pool: PoolSnapshot, line: LineSnapshot) -> PoolSnapshot:
    """The pool with one line less."""
    return replace(pool, lines=tuple(each for each in pool.lines if each.id != line.id))
