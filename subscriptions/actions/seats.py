from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.db import connection, transaction

from accounts.actions import change_roles
from accounts.actors import By, actor_of
from accounts.models import Membership
from accounts.permissions import Role
from core.mail import after_commit
from subscriptions import errors, notifications
from subscriptions.actions.inserts import insert
from subscriptions.actions.ledger import (
    assigned_change,
    change_numbers,
    record_all,
    record_assigned,
)
from subscriptions.actions.preconditions import check_not_ended
from subscriptions.models import (
    AssignmentSource,
    Order,
    SeatAssignment,
    SeatChangeKind,
    SeatPool,
)


def lock_pools_of(membership: Membership) -> None:
    """Lock every pool of the member's account, in id order, until the transaction ends."""
    list(SeatPool.objects.locked().filter(subscription__account=membership.account_id))


@transaction.atomic
def assign_seat(
    *, pool: SeatPool, membership: Membership, source: AssignmentSource, by: By, at: datetime
) -> SeatAssignment:
    """Take one seat of a pool for a member: one conditional update, so never oversold (D5).

    Raises ValidationError `no_seat`, `has_seat`, `unknown_pool`, `no_member`,
    `subscription_ended`.
    """
    assignment = SeatAssignment(
        pool=pool,
        membership=membership,
        assigned_at=at,
        assigned_by=actor_of(by).user,
        source=source,
    )
    taken = _take_one(pool, membership)
    # The pool's row is held from here on: nobody else moves its seats, and everyone who
    # wants one waits. The lock holds the member's as well: nobody removes or downgrades
    # them meanwhile (D2).
    if not lock_member(membership).is_team:
        raise errors.NO_MEMBER.error(name=membership.name)
    if not insert(assignment):
        raise errors.HAS_SEAT.error(name=membership.name, pool=pool.name)
    record_assigned(taken, membership, SeatChangeKind.ASSIGNED, by=by, at=at, delta=1)
    if taken.assigned > taken.seats_at_renewal:
        _keep_if_legacy(taken, by, at)
    if taken.seats - taken.assigned <= 1:
        after_commit(notifications.pool_running_out, taken, taken.seats - taken.assigned)
    return assignment


def _take_one(pool: SeatPool, membership: Membership) -> SeatPool:
    """Take a seat and return the pool's new numbers.

    Raises ValidationError `no_seat`, `unknown_pool`, `subscription_ended`.
    """
    taken = SeatPool.objects.take_one(pool.pk, account_id=membership.account_id)
    if taken:
        return taken
    theirs = SeatPool.objects.filter(subscription__account=membership.account_id)
    there = theirs.select_related("subscription__account").filter(pk=pool.pk).first()
    if there is None:
        raise errors.UNKNOWN_POOL.error()
    check_not_ended(there.subscription)
    raise errors.NO_SEAT.error(pool=pool.name)


def lock_member(membership: Membership) -> Membership:
    """The member's role and status as they are now, held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_lock_member_statement(), [membership.pk])
        role, status = cursor.fetchone()
    return Membership(role=role, status=status)


@cache
def _lock_member_statement() -> str:
    # Composed once: everyone who wants a seat would wait for it.
    rows = Membership.objects.select_for_update(no_key=True).filter(pk=0)
    statement, _params = rows.values_list("role", "status").query.sql_with_params()
    return statement


def _keep_if_legacy(pool: SeatPool, by: By, at: datetime) -> None:
    """Keep a legacy seat due to be removed but taken since: nobody is downgraded (R23).

    But of a plan that ends nothing is left to be kept.
    """
    if pool.seats_at_renewal and pool.lines.standing().filter(plan__is_legacy=True).exists():
        seats, kept = pool.seats, pool.assigned
        change_numbers(pool, seats=seats, at_renewal=kept, kind=SeatChangeKind.KEPT, by=by, at=at)


@transaction.atomic
def release_seat(
    *, assignment: SeatAssignment, by: By, at: datetime, order: Order | None = None
) -> Membership:
    """Release a member's seat; an agent left without any becomes an end user (D2, D4).

    One who is suspended stays a suspended agent. `order` is the one that takes the seat away.
    Raises ValidationError `no_seat_held` if it was released meanwhile, and
    what `change_role` raises.
    """
    return release_assignments(assignments=[assignment], by=by, at=at, order=order)[0]


@transaction.atomic
def release_assignments(
    *,
    assignments: Sequence[SeatAssignment],
    by: By,
    at: datetime,
    order: Order | None = None,
) -> list[Membership]:
    """Release seats of one pool, in this order, as `release_seat` does each.

    In a fixed number of statements, however many: whoever waits for the pool waits for
    all of them. All or none: raises what `release_seat` raises.
    """
    members = end_assignments(assignments, SeatChangeKind.RELEASED, by=by, at=at, order=order)
    # Only `repair` can encounter a removed member who still holds a seat.
    working = [
        member
        for member in members
        if member.is_agent and not member.is_removed and not member.is_suspended
    ]
    seats = SeatAssignment.objects.filter(membership__in=working)
    seated = set(seats.values_list("membership_id", flat=True)) if working else set()
    unseated = [member for member in working if member.pk not in seated]
    if not unseated:
        return members
    # Who may place an order may do what it brings with it.
    changed = change_roles(
        memberships=unseated, role=Role.END_USER, by=by, at=at, check_permission=order is None
    )
    return [changed.get(member.pk, member) for member in members]


def end_assignments(
    assignments: Sequence[SeatAssignment],
    kind: SeatChangeKind,
    *,
    by: By,
    at: datetime,
    order: Order | None = None,
) -> list[Membership]:
    """End assignments of one pool and leave their members, locked, as they are.

    Raises ValidationError `no_seat_held` if one was released meanwhile.
    """
    pool = SeatPool.objects.locked().get(pk=assignments[0].pool_id)
    ids = [assignment.pk for assignment in assignments]
    deleted, _rows = SeatAssignment.objects.filter(pk__in=ids).delete()
    if deleted != len(ids):
        raise errors.NO_SEAT_HELD.error()
    rows = Membership.objects.locked(*(assignment.membership for assignment in assignments))
    members = [rows[assignment.membership_id] for assignment in assignments]
    changes = []
    for member in members:
        pool.assigned -= 1
        changes.append(assigned_change(pool, member, kind, by=by, at=at, delta=-1, order=order))
    pool.save(update_fields=["assigned"])
    record_all(changes)
    return members


@transaction.atomic
def release_all_seats(*, membership: Membership, by: By, at: datetime) -> None:
    """Release every seat a member holds, locking pools in id order."""
    # Lock all pools of the account, so that none is assigned in one while others are released.
    lock_pools_of(membership)
    for assignment in membership.seat_assignments.order_by("pool_id"):
        release_seat(assignment=assignment, by=by, at=at)
