"""Repair what `disagreements` finds, on behalf of the system, and record it."""

from datetime import datetime

from django.db import transaction

from accounts.actions import change_role
from accounts.models import Membership
from accounts.permissions import Role
from subscriptions import errors
from subscriptions.actions.fulfilment import close_fulfilled
from subscriptions.actions.ledger import record_repaired
from subscriptions.actions.seats import lock_pools_of, release_all_seats
from subscriptions.models import SeatPool
from subscriptions.rules.commands import CORRECTION
from subscriptions.rules.integrity import Disagreement, Fault
from subscriptions.selectors.integrity import agents_without_seat


@transaction.atomic
def repair(*, disagreement: Disagreement, at: datetime) -> None:
    """Repair one disagreement; one that no longer exists changes nothing.

    Assignments are taken as true, and counts are derived from them. Raises ValidationError
    `oversold` where more seats are held than purchased, `history` where the
    ledger itself is wrong: it is never rewritten.
    """
    if disagreement.fault in (Fault.COUNT, Fault.LEDGER_END):
        _count_again(SeatPool.objects.locked().get(pk=disagreement.pk), at)
    elif disagreement.fault in (Fault.AGENT_WITHOUT_SEAT, Fault.SEAT_WITHOUT_TEAM):
        _settle(Membership.objects.get(pk=disagreement.pk), at)
    elif disagreement.fault == Fault.FULFILLED_REQUEST:
        close_fulfilled(SeatPool.objects.locked().get(pk=disagreement.pk), by=CORRECTION, at=at)
    else:
        raise errors.HISTORY.error()


def _count_again(pool: SeatPool, at: datetime) -> None:
    held = pool.assignments.count()
    if held > pool.seats:
        raise errors.OVERSOLD.error()
    pool.assigned = held
    pool.save(update_fields=["assigned"])
    record_repaired(pool, at=at)


def _settle(member: Membership, at: datetime) -> None:
    """Nobody but team members holds seats, and no agent is left without one (D2)."""
    lock_pools_of(member)
    row = Membership.objects.locked(member)[member.pk]
    if not row.is_team:
        release_all_seats(membership=row, by=CORRECTION, at=at)
    elif agents_without_seat(at).filter(pk=row.pk).exists():
        change_role(membership=row, role=Role.END_USER, by=CORRECTION, at=at)
