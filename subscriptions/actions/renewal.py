from datetime import UTC, date, datetime, time

from django.db import transaction

from accounts.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.seating import release_seat
from subscriptions.ledger import change_numbers, lock
from subscriptions.models import SeatAssignment, SeatChangeKind, SeatPool, Subscription
from subscriptions.seats import holders, pools_of, who_loses


@transaction.atomic
def renew(*, subscription: Subscription, at: datetime) -> bool:
    """Move a subscription whose period has ended to the one that holds `at`.

    Applies the reductions that were scheduled when that period began, and the
    downgrades they bring (D3, D4); seats scheduled since wait for the next. Safe
    to run twice, and however late. Returns whether anything was due.
    """
    row, pools = lock(subscription)
    if row.period_end > at.date():
        return False
    period = row.period_on(at.date())
    for snapshot in pools_of(row):
        pool = pools[snapshot.id]
        due = min(snapshot.reduction, _smallest_reduction_since(pool, period.start))
        if due:
            _reduce(pool, due, is_legacy=snapshot.is_legacy, at=at)
    row.period_start, row.period_end = period.start, period.end
    row.save(update_fields=["period_start", "period_end"])
    return True


def _smallest_reduction_since(pool: SeatPool, day: date) -> int:
    # Where the renewal is late, the pages were already in the new period: what was
    # scheduled there was promised for its end, also in place of what was undone there.
    morning = datetime.combine(day, time(), tzinfo=UTC)
    before = pool.changes.filter(at__lt=morning).order_by("pk").last()
    since = pool.changes.filter(at__gte=morning)
    changes = [*since, before] if before else []
    return min((c.seats_after - c.at_renewal_after for c in changes), default=0)


def _reduce(pool: SeatPool, due: int, *, is_legacy: bool, at: datetime) -> None:
    waiting = pool.seats - pool.seats_at_renewal - due
    # Nobody is downgraded for a legacy plan: what was assigned meanwhile stays (R23).
    seats = max(pool.seats - due, pool.assigned if is_legacy else 0)
    candidates = holders([pool.pk])[pool.pk]
    chosen = [holder.assignment_id for holder in candidates if holder.is_chosen]
    losing = who_loses(candidates, pool.assigned - seats, chosen)
    ids = [holder.assignment_id for holder in losing]
    members = [
        release_seat(assignment=assignment, by=None, at=at)
        for assignment in SeatAssignment.objects.filter(pk__in=ids).in_order_of_loss()
    ]
    if members:
        after_commit(notifications.seats_lost, pool, members, pool.seats, None)
    if not waiting:
        pool.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)
    change_numbers(
        pool, seats=seats, at_renewal=seats - waiting, kind=SeatChangeKind.RENEWED, by=None, at=at
    )
