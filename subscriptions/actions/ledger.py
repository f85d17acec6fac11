"""The only code that changes a pool's numbers, and records every change and its event."""

from collections.abc import Iterable
from datetime import datetime

from accounts.actors import By, actor_of
from accounts.models import Event, Membership
from subscriptions.actions.events import event_of
from subscriptions.actions.inserts import insert
from subscriptions.models import (
    Order,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.commands import CORRECTION


def lock(subscription: Subscription) -> tuple[Subscription, dict[int, SeatPool]]:
    """The subscription and its pools as they are now, held until the transaction ends.

    Its account is read when it is asked for, and so after the lock: a join would give the
    kind it had before somebody else, who held the lock, changed it.
    """
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
    row = rows.get(pk=subscription.pk)
    return row, {pool.pk: pool for pool in row.pools.standing().locked()}


def change_numbers(
    pool: SeatPool,
    *,
    seats: int,
    at_renewal: int,
    kind: SeatChangeKind,
    by: By,
    at: datetime,
    order: Order | None = None,
    seat_request: SeatRequest | None = None,
    cents: int = 0,
) -> SeatChange:
    """Set a locked pool's purchased numbers and append the row that says so."""
    actor = actor_of(by)
    # A seat released in this transaction has moved `assigned` since the pool was read.
    pool.refresh_from_db(fields=["assigned"])
    before = (pool.seats, pool.seats_at_renewal)
    pool.seats, pool.seats_at_renewal = seats, at_renewal
    pool.save(update_fields=["seats", "seats_at_renewal"])
    change = SeatChange.objects.create(
        account_id=pool.subscription.account_id,
        pool=pool,
        at=at,
        by=actor.user,
        **actor.through,
        kind=kind,
        seats_before=before[0],
        seats_after=seats,
        at_renewal_before=before[1],
        at_renewal_after=at_renewal,
        assigned_before=pool.assigned,
        assigned_after=pool.assigned,
        order=order,
        seat_request=seat_request,
        cents=cents,
    )
    event_of(change).save(force_insert=True)
    return change


def record_assigned(
    pool: SeatPool,
    member: Membership,
    kind: SeatChangeKind,
    *,
    by: By,
    at: datetime,
    delta: int,
    order: Order | None = None,
) -> SeatChange:
    """Append the row for a seat taken (`delta` 1) or given back (-1), after the update.

    `order` is what took the seat away, if an order did.
    """
    change = assigned_change(pool, member, kind, by=by, at=at, delta=delta, order=order)
    insert(change)
    insert(event_of(change))
    return change


def record_all(changes: Iterable[SeatChange]) -> None:
    """Append rows made by `assigned_change`, in two statements, however many."""
    stored = SeatChange.objects.bulk_create(changes)
    Event.objects.bulk_create(event_of(change) for change in stored)


def assigned_change(
    pool: SeatPool,
    member: Membership,
    kind: SeatChangeKind,
    *,
    by: By,
    at: datetime,
    delta: int,
    order: Order | None = None,
) -> SeatChange:
    """The row of `record_assigned`, for whoever appends many at once."""
    actor = actor_of(by)
    return SeatChange(
        account_id=member.account_id,
        pool=pool,
        at=at,
        by=actor.user,
        **actor.through,
        kind=kind,
        seats_before=pool.seats,
        seats_after=pool.seats,
        at_renewal_before=pool.seats_at_renewal,
        at_renewal_after=pool.seats_at_renewal,
        assigned_before=pool.assigned - delta,
        assigned_after=pool.assigned,
        member=member,
        order=order,
    )


def record_repaired(pool: SeatPool, *, at: datetime) -> None:
    """Append the row from where the ledger ended to what a locked pool says now, if they differ."""
    last = pool.changes.first()
    before = (last.seats_after, last.at_renewal_after, last.assigned_after) if last else (0, 0, 0)
    if before != (pool.seats, pool.seats_at_renewal, pool.assigned):
        change = SeatChange.objects.create(
            account_id=pool.subscription.account_id,
            pool=pool,
            at=at,
            **CORRECTION.through,
            kind=SeatChangeKind.REPAIRED,
            seats_before=before[0],
            seats_after=pool.seats,
            at_renewal_before=before[1],
            at_renewal_after=pool.seats_at_renewal,
            assigned_before=before[2],
            assigned_after=pool.assigned,
        )
        event_of(change).save(force_insert=True)
