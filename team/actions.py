"""People and their seats together: what a role change means for seats, and back.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction and locks
pools in id order before it touches a member, as every action does.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import change_role, invite, remove, rename
from accounts.actions.members import lock_manageable
from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.actions import assign_seat, release_all_seats, release_seat
from subscriptions.models import SeatPool, Through


@transaction.atomic
def add_member(
    *,
    email: str,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    by: Membership,
    at: datetime,
) -> Membership:
    """Invite a person and take their seats from the invitation on (R18, D2).

    Raises what `invite` and `assign_seat` raise, and `agent_needs_seat`, `unknown_pool`.
    """
    pools = _lock_pools(by, pool_ids)
    _refuse_agent_without_seat(role, pools)
    _refuse_end_user_with_seat(role, pools)
    membership = invite(account=by.account, email=email, name=name, role=role, by=by, at=at)
    for pool in pools:
        assign_seat(pool=pool, membership=membership, through=Through.ADDED, by=by, at=at)
    return membership


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    by: Membership,
    at: datetime,
) -> Membership:
    """Give a member this name, role and exactly these seats; the same again changes nothing.

    Only a seat newly taken can be refused for lack of one (D5). One may change
    one's own name and seats, never one's own role.
    Raises what `change_role` and `assign_seat` raise, and `agent_needs_seat`, `unknown_pool`.
    """
    held = {a.pool_id: a for a in membership.seat_assignments.all()}
    locked = _lock_pools(by, {*held, *pool_ids})
    pools = [pool for pool in locked if pool.pk in pool_ids]
    _refuse_agent_without_seat(role, pools)
    _refuse_end_user_with_seat(role, pools)
    if role != membership.role:
        change_role(membership=membership, role=role, by=by, at=at)
    elif membership.pk != by.pk:
        lock_manageable(membership, by)
    rename(membership=membership, name=name, by=by, at=at)
    for pool in pools:
        if pool.pk not in held:
            assign_seat(pool=pool, membership=membership, through=Through.GIVEN, by=by, at=at)
    for pool_id, assignment in sorted(held.items()):
        if pool_id not in pool_ids:
            release_seat(assignment=assignment, by=by, at=at)
    return Membership.objects.get(pk=membership.pk)


@transaction.atomic
def release_seats(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Release every seat of a member; an agent becomes an end user (D2, N6).

    Raises ValidationError `not_allowed`, `own_membership`, `owner`, `removed`.
    """
    release_all_seats(membership=membership, by=by, at=at)
    return lock_manageable(membership, by)


@transaction.atomic
def downgrade_to_end_user(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Downgrade a member: all seats released, role end user. Raises what `change_role` raises."""
    release_all_seats(membership=membership, by=by, at=at)
    return change_role(membership=membership, role=Role.END_USER, by=by, at=at)


@transaction.atomic
def remove_member(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """End a membership, or withdraw an invitation, and release the seats.

    Raises what `remove` raises.
    """
    release_all_seats(membership=membership, by=by, at=at)
    return remove(membership=membership, by=by, at=at)


def _lock_pools(by: Membership, pool_ids: Collection[int]) -> list[SeatPool]:
    pools = list(
        SeatPool.objects.locked().filter(subscription__account=by.account_id, pk__in=pool_ids)
    )
    if len(pools) != len(set(pool_ids)):
        raise ValidationError(_("This account has no such seats."), code="unknown_pool")
    return pools


def _refuse_agent_without_seat(role: Role, pools: Collection[SeatPool]) -> None:
    if role == Role.AGENT and not pools:
        raise ValidationError(
            _("An agent holds at least one seat. Choose one, or another role."),
            code="agent_needs_seat",
        )


def _refuse_end_user_with_seat(role: Role, pools: Collection[SeatPool]) -> None:
    if role == Role.END_USER and pools:
        raise ValidationError(
            _("An end user holds no seat. Choose none, or another role."), code="end_user_has_seat"
        )
