from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.actions import end_expired_invitation, resend_invitation
from accounts.actors import By
from accounts.models import AuditKind, Membership
from subscriptions.actions.seats import assign_seat, end_assignments, lock_pools_of
from subscriptions.models import AssignmentSource, SeatChangeKind, SeatPool
from subscriptions.rules.commands import EXPIRY

_INVITATIONS = (AuditKind.INVITED, AuditKind.INVITATION_RESENT)


@transaction.atomic
def expire_invitation(*, membership: Membership, at: datetime) -> Sequence[SeatPool]:
    """Give back the seats that an expired invitation holds (D14).

    The person stays invited, in their role. Returns the pools that got a seat back: none
    where the invitation was accepted, sent again or expired by another run meanwhile.
    An owner's keeps its seats (D4).
    """
    lock_pools_of(membership)
    if not end_expired_invitation(membership=membership, at=at):
        return ()
    held = list(membership.seat_assignments.select_related("pool").order_by("pool_id"))
    for assignment in held:
        end_assignments([assignment], SeatChangeKind.EXPIRED, by=EXPIRY, at=at)
    return [assignment.pool for assignment in held]


@transaction.atomic
def invite_again(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Send an invitation again; one that gave its seats back takes them again (D14).

    Where one of them is gone, nothing is sent and none is taken. Raises what
    `resend_invitation` raises, and `no_seat`.
    """
    lock_pools_of(membership)
    pools = expired_seats(membership)
    row = resend_invitation(membership=membership, by=by, at=at)
    for pool in pools:
        assign_seat(pool=pool, membership=row, source=AssignmentSource.ADDED, by=by, at=at)
    return row


def expired_seats(membership: Membership) -> Sequence[SeatPool]:
    """The pools whose seats a member's invitation gave back when it expired, in id order.

    None for someone who was given a seat or made an end user since: that stands.
    """
    row = Membership.objects.get(pk=membership.pk)
    if not row.is_invited or row.is_end_user or row.seat_assignments.exists():
        return ()
    invited = row.audit_entries.filter(kind__in=_INVITATIONS).first()
    given_back = row.seat_changes.filter(kind=SeatChangeKind.EXPIRED)
    last = given_back.filter(at__gt=invited.at).first() if invited else None
    if last is None:
        return ()
    pools = given_back.filter(at=last.at).values("pool")
    return list(SeatPool.objects.filter(pk__in=pools).order_by("pk"))
