"""A draft that was agreed to is stored: rows, ledgers, charges, and what people are told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.actors import Actor
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.changes.draft import Draft, Now
from subscriptions.actions.changes.lines import NEW_POOL
from subscriptions.actions.ending import set_read_only
from subscriptions.actions.events import record_order
from subscriptions.actions.fulfilment import close_fulfilled
from subscriptions.actions.ledger import change_numbers
from subscriptions.actions.lines import end_line, end_pool, new_line, pool_named, set_price
from subscriptions.actions.reductions import announce_losses, mark_chosen, reduce_pool
from subscriptions.models import (
    Charge,
    ChargeKind,
    FormerTerm,
    Line,
    Order,
    Plan,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    Subscription,
    TermChange,
)
from subscriptions.rules.changes import ProposedCharge
from subscriptions.rules.quotes import PoolChange
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot

# What of a line changes in place; its plan changes by another line in its stead.
_FIELDS = {
    "unit_cents": "unit_cents",
    "is_price_agreed": "is_price_agreed",
    "ends_at_renewal": "ends",
    "plan_at_renewal_id": "next_plan",
    "unit_cents_at_renewal": "next_unit_cents",
    "is_next_price_agreed": "is_next_price_agreed",
}


class Storing:
    """One order and everything it changes, on rows that are locked."""

    def __init__(
        self,
        order: Order,
        now: Now,
        draft: Draft,
        pools: Mapping[int, SeatPool],
        chosen: tuple[int, ...] = (),
    ) -> None:
        self.order, self.now, self.draft = order, now, draft
        self.pools, self.chosen = dict(pools), chosen
        self.changes: dict[int, SeatChange] = {}
        # The line that is added, if one is: of charges that name no line.
        self.added: Line | None = None

    @property
    def added_id(self) -> int:
        """Raises ValueError where a charge names no line and none was added."""
        if self.added is None:
            raise ValueError("a charge of no line")
        return self.added.pk

    @property
    def actor(self) -> Actor:
        return self.now.actor

    @property
    def at(self) -> datetime:
        return self.now.at

    @property
    def subscription(self) -> Subscription:
        return self.now.subscription

    def store(self) -> None:
        """Everything, in the order in which one thing needs the other."""
        self._pools_and_lines()
        for change in self.draft.pools:
            self._move(change)
        self._charges()
        self._terms()
        self._subscription()
        record_order(self.order, at=self.at)
        self._tell()

    def _pools_and_lines(self) -> None:
        lines = {
            line.pk: line for line in Line.objects.standing().filter(pool__in=list(self.pools))
        }
        for pool in self.draft.next_pools:
            row = self.pools.get(pool.id)
            if row is None:
                row = self.pools[NEW_POOL] = pool_named(self.subscription, pool.name)
            self._rename(row, pool)
            for line in pool.lines:
                if line.id:
                    self._change(lines.pop(line.id), line)
                else:
                    self._add(line, row)
        for ended in lines.values():
            end_line(ended, self.now.on)

    def _rename(self, row: SeatPool, pool: PoolSnapshot) -> None:
        if (row.name, row.minimum_seats) != (pool.name, pool.minimum):
            row.name, row.minimum_seats = pool.name, pool.minimum
            row.save(update_fields=["name", "minimum_seats"])

    def _add(self, line: LineSnapshot, pool: SeatPool) -> None:
        plan = Plan.objects.select_related("product").get(pk=line.plan)
        self.added = new_line(
            pool, plan, line.unit_cents, by=self.actor, at=self.at,
            order=self.order, is_agreed=line.is_price_agreed, next_unit_cents=line.next_unit_cents,
        )  # fmt: skip

    def _change(self, row: Line, line: LineSnapshot) -> None:
        now = {column: getattr(line, name) for column, name in _FIELDS.items()}
        if all(getattr(row, column) == value for column, value in now.items()):
            return
        is_new_price = (row.unit_cents, row.is_price_agreed) != (
            line.unit_cents, line.is_price_agreed
        )  # fmt: skip
        for column, value in now.items():
            setattr(row, column, value)
        row.save(update_fields=list(_FIELDS))
        if is_new_price:
            set_price(
                row, line.unit_cents, is_agreed=line.is_price_agreed, from_day=self.now.on,
                by=self.actor, at=self.at, order=self.order,
            )  # fmt: skip

    def _move(self, change: PoolChange) -> None:
        """The numbers of a pool, and the people they leave without a seat."""
        if not change.is_change:
            return
        row = self.pools[change.pool.id]
        if change.removed_now:
            moved = reduce_pool(
                row, change.pool, change.displaced, seats=change.seats,
                kind=SeatChangeKind.REMOVED, by=self.actor, at=self.at, order=self.order,
            )  # fmt: skip
        else:
            moved = change_numbers(
                row, seats=change.seats, at_renewal=change.at_renewal, kind=_kind(change),
                by=self.actor, at=self.at, order=self.order,
                cents=sum(c.cents for c in self._of_seats(change)),
            )  # fmt: skip
        self.changes[change.pool.id] = moved
        mark_chosen(change, self.chosen)
        close_fulfilled(row, by=self.actor, at=self.at)
        if change.seats == 0:
            end_pool(row, self.now.on, by=self.actor, at=self.at, note=self.order.reason)

    def _of_seats(self, change: PoolChange) -> list[ProposedCharge]:
        """The charges for the seats that a pool gains."""
        kinds = (ChargeKind.PURCHASE, ChargeKind.FIRST_PERIOD)
        charges = self.draft.charges
        return [c for c in charges if c.pool == change.pool.id and c.kind in kinds]

    def _charges(self) -> None:
        Charge.objects.bulk_create(self._charge(charge) for charge in self.draft.charges)

    def _charge(self, charge: ProposedCharge) -> Charge:
        reopened = charge.kind == ChargeKind.REOPENED
        end = self.draft.stored["period_end"] if reopened else self.now.period.end
        of_days = charge.days if reopened else self.now.period.days
        is_there = charge.kind in (ChargeKind.LINE_ADDED, ChargeKind.REOPENED)
        return Charge(
            account_id=self.subscription.account_id,
            line_id=charge.line or self.added_id,
            at=self.at, by=self.actor.user, **self.actor.through,
            kind=charge.kind, order=self.order, credits_id=charge.credits,
            seat_change=None if is_there else self.changes.get(charge.pool or NEW_POOL),
            period_from=end - timedelta(days=charge.days), period_to=end,
            seats=charge.seats, unit_cents=charge.unit_cents, months=self.subscription.months,
            days=charge.days, of_days=of_days,
            cents=charge.cents, currency=self.subscription.currency,
        )  # fmt: skip

    def _terms(self) -> None:
        TermChange.objects.bulk_create(
            TermChange(
                account_id=self.subscription.account_id, order=self.order,
                line_id=term.line, pool_id=term.pool, what=term.what,
                before=term.before, after=term.after, from_day=term.from_day,
                at=self.at, by=self.actor.user, **self.actor.through,
            )
            for term in self.draft.terms
        )  # fmt: skip

    def _subscription(self) -> None:
        row = self.subscription
        if "started_on" in self.draft.stored:
            set_read_only(row.account, None)
            FormerTerm.objects.create(
                subscription=row, cycle=row.cycle, started_on=row.started_on, until=row.period_end
            )
        for column, value in self.draft.stored.items():
            setattr(row, column, value)
        row.save(update_fields=[*self.draft.stored])

    def _tell(self) -> None:
        """Those who lose a seat at renewal, or no longer do, and the owner (N9, D15)."""
        moved = [c.pool.id for c in self.draft.pools if c.pool.reduction or c.at_renewal < c.seats]
        if moved:
            announce_losses(self.subscription, moved)
        after_commit(notifications.changed_by_vendor, self.order)


def _kind(change: PoolChange) -> SeatChangeKind:
    if not change.pool.id:
        return SeatChangeKind.OPENED
    if change.added:
        return SeatChangeKind.BOUGHT
    return SeatChangeKind.KEPT if change.delta > 0 else SeatChangeKind.SCHEDULED
