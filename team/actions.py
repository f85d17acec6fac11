"""People and their seats together: what a role change means for seats, and back.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction and locks
pools in id order before it touches a member, as every action does.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts import errors as account_errors
from accounts.actions import change_role, invite, reactivate, remove, rename, withdraw_invitation
from accounts.actions.idempotency import claim, finish
from accounts.actions.members import check_manageable, lock_manageable
from accounts.actors import Actor, By, actor_of
from accounts.models import Membership
from accounts.permissions import Permission, Role
from core.emails import normalize_email
from core.mail import after_commit
from subscriptions import errors as seat_errors
from subscriptions.actions import assign_seat, release_all_seats, release_seat
from subscriptions.actions.seats import lock_pools_of
from subscriptions.models import AssignmentSource, SeatAssignment, SeatPool
from team import errors, notifications
from team.selectors.members import seats_of, state_of


@transaction.atomic
def add_member(
    *,
    email: str,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    by: By,
    at: datetime,
    idempotency_key: str = "",
) -> Membership:
    """Invite a person and take their seats from the invitation on (R18, D2).

    The same form again, with the same `idempotency_key`, returns the same member (D6).
    Raises what `invite` and `assign_seat` raise, and `agent_needs_seat`,
    `end_user_has_seat`, `unknown_pool`, and what `claim` raises.
    """
    actor = actor_of(by)
    account = actor.account
    content = {
        "email": normalize_email(email),
        "name": name,
        "role": role,
        "pools": sorted(set(pool_ids)),
    }
    form = claim("add_member", content, key=idempotency_key, by=actor, at=at)
    if form.results:
        return account.memberships.select_related("user").get(pk=form.results[0])
    pools = _lock_pools(account.pk, pool_ids)
    _check_agent_with_seat(role, pools)
    _check_end_user_without_seat(role, pools)
    membership = invite(account=account, email=email, name=name, role=role, by=by, at=at)
    for pool in pools:
        assign_seat(pool=pool, membership=membership, source=AssignmentSource.ADDED, by=by, at=at)
    finish(form, [membership])
    return membership


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    by: By,
    at: datetime,
    expected_state: str = "",
) -> Membership:
    """Give a member this name, role and exactly these seats; the same again changes nothing.

    Only a seat newly taken can be refused for lack of one (D5). One may change
    one's own name and seats, never one's own role. `expected_state` is the state the
    form was filled against, from `state_of`; empty: any.
    Raises what `change_role` and `assign_seat` raise, and `agent_needs_seat`,
    `end_user_has_seat`, `unknown_pool`, `stale`, `expired_invitation`.
    """
    pools = _lock_pools(membership.account_id, {*seats_of(membership), *pool_ids})
    row = Membership.objects.locked(membership)[membership.pk]
    _check_own_or_manageable(row, actor_of(by))
    held = {a.pool_id: a for a in row.seat_assignments.order_by("pool_id")}
    wanted = [pool for pool in pools if pool.pk in pool_ids]
    if (row.name, row.role, set(held)) == (name, role, set(pool_ids)):
        return row
    _check_expected_state(row, expected_state)
    if not _may_stay_without_seat(row, held):
        _check_agent_with_seat(role, wanted)
    _check_end_user_without_seat(role, wanted)
    if any(pool.pk not in held for pool in wanted):
        _check_invitation_open(row, at)
    if role != row.role:
        change_role(membership=row, role=role, by=by, at=at)
        _tell_if_downgraded(row, role, by)
    rename(membership=row, name=name, by=by, at=at)
    _give_exactly(wanted, held, row, by=by, at=at)
    return Membership.objects.get(pk=row.pk)


@transaction.atomic
def change_parts(
    *,
    membership: Membership,
    by: By,
    at: datetime,
    name: str | None = None,
    role: Role | None = None,
    pool_ids: Collection[int] | None = None,
) -> Membership:
    """Change what is given; the rest stays as it is by now, whoever changed it.

    Raises what `change_member` raises.
    """
    row = lock_with_all_pools(membership)
    return change_member(
        membership=row,
        name=row.name if name is None else name,
        role=Role(row.role) if role is None else role,
        pool_ids=seats_of(row) if pool_ids is None else pool_ids,
        by=by,
        at=at,
    )


@transaction.atomic
def give_seat(*, membership: Membership, pool: SeatPool, by: By, at: datetime) -> Membership:
    """Give a member a seat of one pool more; one who holds it keeps it, and nothing changes.

    Two at once leave both seats with the member. Raises what `change_member` raises.
    """
    row = lock_with_all_pools(membership)
    return change_parts(membership=row, pool_ids={*seats_of(row), pool.pk}, by=by, at=at)


@transaction.atomic
def take_seat(*, membership: Membership, pool: SeatPool, by: By, at: datetime) -> Membership:
    """Release a member's seat of one pool; without one, nothing changes.

    An agent keeps the last one (D2). Raises what `change_member` raises.
    """
    row = lock_with_all_pools(membership)
    return change_parts(membership=row, pool_ids=seats_of(row) - {pool.pk}, by=by, at=at)


def lock_with_all_pools(membership: Membership) -> Membership:
    """The member, whom nobody gives a seat or takes one from meanwhile."""
    lock_pools_of(membership)
    return Membership.objects.locked(membership)[membership.pk]


def _give_exactly(
    wanted: Collection[SeatPool],
    held: Mapping[int, SeatAssignment],
    row: Membership,
    *,
    by: By,
    at: datetime,
) -> None:
    """First what is new, so that an agent who changes products is never without a seat (D2)."""
    for pool in wanted:
        if pool.pk not in held:
            assign_seat(pool=pool, membership=row, source=AssignmentSource.GIVEN, by=by, at=at)
    kept = {pool.pk for pool in wanted}
    for pool_id, assignment in held.items():
        if pool_id not in kept:
            release_seat(assignment=assignment, by=by, at=at)


def _may_stay_without_seat(row: Membership, held: Collection[int]) -> bool:
    """An agent who cannot work yet or any more may be without a seat until they can (D2, D14)."""
    return row.is_agent and (row.is_suspended or not held)


def _check_invitation_open(row: Membership, at: datetime) -> None:
    """The daily run would take the seat back without a word (D14)."""
    if row.invitation_expired(at):
        raise errors.EXPIRED_INVITATION.error(name=row.name)


def _tell_if_downgraded(was: Membership, role: Role, by: By) -> None:
    if role == Role.END_USER and not was.is_end_user:
        after_commit(notifications.downgraded, was, was.role, *actor_of(by).member_and_token)


def _check_expected_state(row: Membership, expected_state: str) -> None:
    if expected_state and expected_state != state_of(row):
        raise errors.MEMBER_CHANGED.error(name=row.name)


def _check_own_or_manageable(row: Membership, by: Actor) -> None:
    if not by.is_self(row):
        check_manageable(row, by)
    elif not by.may(Permission.MANAGE_TEAM):
        raise account_errors.OWN_MEMBERSHIP.error()


@transaction.atomic
def release_seats(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Release every seat of a member; an agent becomes an end user, unless suspended (D2, N6).

    Raises ValidationError `not_allowed`, `own_membership`, `owner`, `removed`.
    """
    was = _release_all(membership, by, at)
    row = lock_manageable(membership, by)
    _tell_if_downgraded(was, Role(row.role), by)
    return row


@transaction.atomic
def downgrade_to_end_user(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Downgrade a member: all seats released, role end user. Raises what `change_role` raises."""
    was = _release_all(membership, by, at)
    row = change_role(membership=membership, role=Role.END_USER, by=by, at=at)
    _tell_if_downgraded(was, Role(row.role), by)
    return row


def _release_all(membership: Membership, by: By, at: datetime) -> Membership:
    """Release every seat; returns the member as they were when the pools were locked."""
    # Every one of the account's: nobody gives this member a seat or takes one meanwhile.
    lock_pools_of(membership)
    was = Membership.objects.select_related("user", "account").get(pk=membership.pk)
    release_all_seats(membership=membership, by=by, at=at)
    return was


@transaction.atomic
def reactivate_member(
    *,
    membership: Membership,
    by: By,
    at: datetime,
    role: Role | None = None,
    pool_ids: Collection[int] = (),
) -> Membership:
    """Let a suspended member in again; an agent without a seat takes one, or another role (D2).

    `role` and `pool_ids` count only for such an agent; whoever holds a seat keeps it.
    Raises what `reactivate`, `change_role` and `assign_seat` raise, and
    `agent_needs_seat`, `end_user_has_seat`, `unknown_pool`.
    """
    lock_pools_of(membership)
    row = reactivate(membership=membership, by=by, at=at)
    if not row.is_agent or seats_of(row):
        return row
    role = role or Role.AGENT
    pools = _lock_pools(row.account_id, pool_ids)
    _check_agent_with_seat(role, pools)
    _check_end_user_without_seat(role, pools)
    row = change_role(membership=row, role=role, by=by, at=at)
    for pool in pools:
        assign_seat(pool=pool, membership=row, source=AssignmentSource.GIVEN, by=by, at=at)
    return row


@transaction.atomic
def remove_member(*, membership: Membership, by: By, at: datetime) -> Membership:
    """End a membership and release the seats.

    Raises what `remove` raises.
    """
    release_all_seats(membership=membership, by=by, at=at)
    return remove(membership=membership, by=by, at=at)


@transaction.atomic
def withdraw_member(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Take an invitation back and release the seats it held (D2).

    Raises what `withdraw_invitation` raises.
    """
    release_all_seats(membership=membership, by=by, at=at)
    return withdraw_invitation(membership=membership, by=by, at=at)


def _lock_pools(account_id: int, pool_ids: Collection[int]) -> list[SeatPool]:
    pools = list(
        SeatPool.objects.locked().filter(subscription__account=account_id, pk__in=pool_ids)
    )
    if len(pools) != len(set(pool_ids)):
        raise seat_errors.UNKNOWN_POOL.error()
    return pools


def _check_agent_with_seat(role: Role, pools: Collection[SeatPool]) -> None:
    if role == Role.AGENT and not pools:
        raise errors.AGENT_NEEDS_SEAT.error()


def _check_end_user_without_seat(role: Role, pools: Collection[SeatPool]) -> None:
    if role == Role.END_USER and pools:
        raise errors.END_USER_HAS_SEAT.error()
