from datetime import datetime

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

    Applies scheduled reductions and the downgrades they bring (D3, D4); safe to
    run twice. Returns whether anything was due.
    """
    row, pools = lock(subscription)
    if row.period_end > at.date():
        return False
    for snapshot in pools_of(row):
        if snapshot.reduction:
            _reduce(pools[snapshot.id], is_legacy=snapshot.is_legacy, at=at)
    period = row.period_on(at.date())
    row.period_start, row.period_end = period.start, period.end
    row.save(update_fields=["period_start", "period_end"])
    return True


def _reduce(pool: SeatPool, *, is_legacy: bool, at: datetime) -> None:
    # Nobody is downgraded for a legacy plan: what was assigned meanwhile stays (R23).
    seats = max(pool.seats_at_renewal, pool.assigned) if is_legacy else pool.seats_at_renewal
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
    pool.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)
    change_numbers(pool, seats=seats, at_renewal=seats, kind=SeatChangeKind.RENEWED, by=None, at=at)
