from datetime import datetime
from functools import cache

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actions import change_role
from accounts.actors import Actor, user_of
from accounts.models import Membership
from accounts.permissions import Role
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.inserts import insert
from subscriptions.actions.ledger import change_numbers, record_assigned
from subscriptions.models import (
    AssignmentSource,
    Order,
    SeatAssignment,
    SeatChangeKind,
    SeatPool,
)

# In the order of the model's fields, which can differ from the order of the table's columns.
POOL_COLUMNS = [field.attname for field in SeatPool._meta.concrete_fields]

# Not by a join: PostgreSQL checks the condition again once it has waited for the row,
# but not what it has read of other tables.
TAKE_ONE = f"""
UPDATE subscriptions_seatpool SET assigned = assigned + 1
WHERE id = %s AND assigned < seats
AND subscription_id IN (SELECT id FROM subscriptions_subscription WHERE account_id = %s)
RETURNING {", ".join(POOL_COLUMNS)}
"""  # noqa: S608


def lock_pools_of(membership: Membership) -> None:
    """Lock every pool of the member's account, in id order, until the transaction ends."""
    list(SeatPool.objects.locked().filter(subscription__account=membership.account_id))


@transaction.atomic
def assign_seat(
    *, pool: SeatPool, membership: Membership, source: AssignmentSource, by: Actor, at: datetime
) -> SeatAssignment:
    """Take one seat of a pool for a member: one conditional update, so never oversold (D5).

    Raises ValidationError `no_seat`, `has_seat`, `unknown_pool`, `no_member`.
    """
    taken = _take_one(pool, membership)
    # The pool's row is held from here on: nobody else moves its seats, and everyone who
    # wants one waits. The lock holds the member's as well: nobody removes or downgrades
    # them meanwhile (D2).
    if not _lock_member(membership).is_team:
        raise ValidationError(
            _("%(name)s is not a team member. Only team members can have seats.")
            % {"name": membership.name},
            code="no_member",
        )
    assignment = SeatAssignment(
        pool=pool, membership=membership, assigned_at=at, assigned_by=user_of(by), source=source
    )
    if not insert(assignment):
        raise ValidationError(
            _("%(name)s already has a %(pool)s seat.")
            % {"name": membership.name, "pool": pool.name},
            code="has_seat",
        )
    record_assigned(taken, membership, SeatChangeKind.ASSIGNED, by=by, at=at, delta=1)
    if taken.assigned > taken.seats_at_renewal:
        _keep_if_legacy(taken, by, at)
    if taken.seats - taken.assigned <= 1:
        after_commit(notifications.pool_running_out, taken, taken.seats - taken.assigned)
    return assignment


def _take_one(pool: SeatPool, membership: Membership) -> SeatPool:
    """Take a seat and return the pool's new numbers.

    Raises ValidationError `no_seat`, `unknown_pool`.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ONE, [pool.pk, membership.account_id])
        row = cursor.fetchone()
    if row:
        return SeatPool.from_db(connection.alias, POOL_COLUMNS, row)
    theirs = SeatPool.objects.filter(subscription__account=membership.account_id)
    if not theirs.filter(pk=pool.pk).exists():
        raise ValidationError(_("These seats do not belong to this account."), code="unknown_pool")
    raise ValidationError(
        _("No %(pool)s seat is available. Add more seats or release a seat first.")
        % {"pool": pool.name},
        code="no_seat",
    )


def _lock_member(membership: Membership) -> Membership:
    """The member's role and status as they are now, held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_lock_member_statement(), [membership.pk])
        role, status = cursor.fetchone()
    return Membership(role=role, status=status)


@cache
def _lock_member_statement() -> str:
    # Composed once, at import: everyone who wants a seat would wait for it.
    rows = Membership.objects.select_for_update(no_key=True).filter(pk=0)
    statement, _params = rows.values_list("role", "status").query.sql_with_params()
    return statement


def _keep_if_legacy(pool: SeatPool, by: Actor, at: datetime) -> None:
    """Keep a legacy seat due to be removed but taken since: nobody is downgraded (R23)."""
    if pool.lines.filter(plan__is_legacy=True).exists():
        seats, kept = pool.seats, pool.assigned
        change_numbers(pool, seats=seats, at_renewal=kept, kind=SeatChangeKind.KEPT, by=by, at=at)


@transaction.atomic
def release_seat(
    *, assignment: SeatAssignment, by: Actor, at: datetime, order: Order | None = None
) -> Membership:
    """Release a member's seat; an agent left without any becomes an end user (D2, D4).

    One who is suspended stays a suspended agent. `order` is the one that takes the seat away.
    Raises ValidationError `no_seat_held` if it was released meanwhile, and
    what `change_role` raises.
    """
    member = end_assignment(assignment, SeatChangeKind.RELEASED, by=by, at=at, order=order)
    # Only `repair` can encounter a removed member who still holds a seat.
    works = member.is_agent and not member.is_removed and not member.is_suspended
    if works and not member.seat_assignments.exists():
        member = change_role(membership=member, role=Role.END_USER, by=by, at=at)
    return member


def end_assignment(
    assignment: SeatAssignment,
    kind: SeatChangeKind,
    *,
    by: Actor,
    at: datetime,
    order: Order | None = None,
) -> Membership:
    """End an assignment and leave its member, locked, as they are.

    Raises ValidationError `no_seat_held` if it was released meanwhile.
    """
    pool = SeatPool.objects.locked().get(pk=assignment.pool_id)
    deleted, _rows = SeatAssignment.objects.filter(pk=assignment.pk).delete()
    if not deleted:
        raise ValidationError(_("This seat has already been released."), code="no_seat_held")
    pool.assigned -= 1
    pool.save(update_fields=["assigned"])
    member = Membership.objects.locked(assignment.membership)[assignment.membership_id]
    record_assigned(pool, member, kind, by=by, at=at, delta=-1, order=order)
    return member


@transaction.atomic
def release_all_seats(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Release every seat a member holds, locking pools in id order."""
    # Lock all pools of the account, so that none is assigned in one while others are released.
    lock_pools_of(membership)
    for assignment in membership.seat_assignments.order_by("pool_id"):
        release_seat(assignment=assignment, by=by, at=at)
