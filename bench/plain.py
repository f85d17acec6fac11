"""`assign_seat` with plain ORM in place of its SQL, one part at a time and all together.

What the bench compares with; see docs/decisions/0005-sql-for-taking-a-seat.md.
"""

from collections.abc import Callable

from django.db import IntegrityError, models, transaction
from django.db.models import F

from accounts.models import Membership
from subscriptions.actions.events import event_of
from subscriptions.actions.inserts import insert
from subscriptions.actions.ledger import assigned_change
from subscriptions.actions.seats import lock_member
from subscriptions.models import (
    AssignmentSource,
    SeatAssignment,
    SeatChangeKind,
    SeatPool,
    Subscription,
)
from tests import cast

Take = Callable[[SeatPool, Membership], SeatPool | None]
Lock = Callable[[Membership], Membership]
Store = Callable[[models.Model], bool]


def take(pool: SeatPool, member: Membership) -> SeatPool | None:
    return SeatPool.objects.take_one(pool.pk, account_id=member.account_id)


def update_then_read(pool: SeatPool, member: Membership) -> SeatPool | None:
    free = SeatPool.objects.filter(
        pk=pool.pk,
        assigned__lt=F("seats"),
        subscription__in=Subscription.objects.filter(account=member.account_id),
    )
    return SeatPool.objects.get(pk=pool.pk) if free.update(assigned=F("assigned") + 1) else None


def select_for_update(member: Membership) -> Membership:
    return (
        Membership.objects.select_for_update(no_key=True).only("role", "status").get(pk=member.pk)
    )


def save_in_savepoint(row: models.Model) -> bool:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def save(row: models.Model) -> bool:
    row.save(force_insert=True)
    return True


def plainly(
    take: Take = take, lock: Lock = lock_member, store: Store = insert, append: Store = insert
) -> Callable[[SeatPool, Membership], None]:
    """What `assign_seat` does, with these parts."""

    @transaction.atomic
    def assign(pool: SeatPool, member: Membership) -> None:
        taken = take(pool, member)
        if not taken or not lock(member).is_team:
            raise RuntimeError("refused")
        row = SeatAssignment(
            pool=pool, membership=member, assigned_at=cast.NOW, source=AssignmentSource.GIVEN
        )
        if not store(row):
            raise RuntimeError("holds a seat already")
        change = assigned_change(
            taken, member, SeatChangeKind.ASSIGNED, by=cast.SETUP, at=cast.NOW, delta=1
        )
        append(change)
        append(event_of(change))

    return assign


PLAINLY = {
    "plain ORM: `save`, in a savepoint": plainly(store=save_in_savepoint, append=save),
    "plain ORM: `save`, without a savepoint": plainly(store=save, append=save),
    "plain ORM: `select_for_update`": plainly(lock=select_for_update),
    "plain ORM: `update`, then read": plainly(take=update_then_read),
    "plain ORM throughout": plainly(update_then_read, select_for_update, save_in_savepoint, save),
}
