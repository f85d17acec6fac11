"""What the vendor's people can change in a subscription, and what it would do (D15).

Each change is tried and done with the same words: `propose` and `carry_out`, in
`subscriptions.actions`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from subscriptions.models import ChargeKind, Cycle, Subscription, TermKind
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.quotes import PoolChange, Timing


@dataclass(frozen=True)
class ChangeSeats:
    """Another number of seats in a pool, up or down, immediately or from the renewal on.

    `credit`: what is removed immediately is given back for the days left. `chosen` are the
    assignments to go first (D4). Only a superuser `overrides_legacy` rules (R23).
    """

    pool: int
    seats: int
    timing: Timing = Timing.AT_RENEWAL
    credit: bool = False
    overrides_legacy: bool = False
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True)
class AddLine:
    """A plan more, with `seats` of its own or counted together with a pool that is there (R9).

    `unit_cents` is the price agreed per seat and month; None: the catalogue's.
    """

    plan: int
    pool: int | None = None
    seats: int | None = None
    unit_cents: int | None = None


@dataclass(frozen=True)
class EndLine:
    """A plan less, from the renewal on, or immediately with or without credit.

    With the last line of its pool everyone loses their seat in it, the owner too.
    """

    line: int
    timing: Timing = Timing.AT_RENEWAL
    credit: bool = False


@dataclass(frozen=True)
class CorrectLine:
    """A line that was added today by mistake: it ends, and all it was charged is given back."""

    line: int


@dataclass(frozen=True)
class ChangePlan:
    """Another plan for a line, at the catalogue's price; the seats stay.

    Immediately for the prorated difference where it costs more, else at renewal.
    """

    line: int
    plan: int
    timing: Timing = Timing.NOW


@dataclass(frozen=True)
class AgreePrice:
    """A line's price per seat and month: for what is charged from today, or the renewal, on."""

    line: int
    unit_cents: int
    timing: Timing = Timing.AT_RENEWAL


@dataclass(frozen=True)
class ChangeCycle:
    """Billing by the month or the year, from the renewal on.

    Prices agreed stay; the others become those of the catalogue.
    """

    cycle: Cycle


@dataclass(frozen=True)
class SetTerms:
    """How many seats each pool keeps at least (pool id → number), and until when."""

    minimum_seats: Mapping[int, int] = field(default_factory=dict)
    contract_ends_on: date | None = None


@dataclass(frozen=True)
class CancelSubscription:
    """The subscription ends with the paid period."""


@dataclass(frozen=True)
class Reopen:
    """A subscription that has ended begins again today, with the seats and people it had."""


@dataclass(frozen=True)
class Undo:
    """Take back what is scheduled: a line's end, plan or price, the cycle or the end of all.

    A scheduled reduction is undone by setting the pool's seats to what it has.
    """

    what: TermKind
    line: int | None = None


Change = (
    ChangeSeats
    | AddLine
    | EndLine
    | CorrectLine
    | ChangePlan
    | AgreePrice
    | ChangeCycle
    | SetTerms
    | CancelSubscription
    | Reopen
    | Undo
)


@dataclass(frozen=True)
class ProposedCharge:
    """One charge, or credit where `cents` are negative, for the last `days` of the paid period.

    `line` is None for a line that the change adds; `credits` is the charge given back.
    """

    kind: ChargeKind
    name: str
    line: int | None
    pool: int | None
    seats: int
    unit_cents: int
    days: int
    cents: int
    credits: int | None = None

    @property
    def is_credit(self) -> bool:
        return self.kind == ChargeKind.CREDIT


@dataclass(frozen=True)
class ProposedTerm:
    """What is agreed besides seats: as stored in a `TermChange`, from a day on."""

    what: TermKind
    name: str
    before: str
    after: str
    from_day: date
    line: int | None = None
    pool: int | None = None


@dataclass(frozen=True)
class Proposal:
    """What a change would do, to the cent and by name; nothing has been done.

    All amounts are in cents: `charged_cents` today, negative where more is given back than
    charged; `period_cents` the next period. `days` of `of_days` are left of the paid period.
    """

    subscription: Subscription
    on: date
    renews_on: date
    of_days: int
    pools: tuple[PoolChange, ...]
    charges: tuple[ProposedCharge, ...]
    terms: tuple[ProposedTerm, ...]
    warnings: tuple[str, ...]
    period_cents_before: int
    period_cents: int

    @property
    def charged_cents(self) -> int:
        return sum(charge.cents for charge in self.charges)

    @property
    def credited_cents(self) -> int:
        """What is given back, as a positive number."""
        return -sum(charge.cents for charge in self.charges if charge.is_credit)

    @property
    def more_per_period_cents(self) -> int:
        """What the next period costs more than before; negative for less."""
        return self.period_cents - self.period_cents_before

    @property
    def displaced(self) -> tuple[Holder, ...]:
        return tuple(holder for change in self.pools for holder in change.displaced)

    @property
    def fingerprint(self) -> str:
        """Equal for two proposals exactly if they do, cost and say the same (D6)."""
        facts = [
            [self.subscription.pk, self.renews_on.isoformat(), self.period_cents],
            [
                [
                    *(change.pool.id, change.pool.purchased, change.pool.at_renewal),
                    *(change.seats, change.at_renewal),
                    *sorted(holder.assignment_id for holder in change.displaced),
                ]
                for change in self.pools
            ],
            [
                [c.kind, c.line, c.pool, c.seats, c.unit_cents, c.days, c.cents]
                for c in self.charges
            ],
            [[t.what, t.line, t.pool, t.before, t.after, str(t.from_day)] for t in self.terms],
            len(self.warnings),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
