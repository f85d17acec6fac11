"""People and their seats together: what a role change means for seats, and back.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction and locks
pools in id order before it touches a member, as every action does.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import change_role, invite, reactivate, remove, rename, withdraw_invitation
from accounts.actions.members import check_manageable, lock_manageable
from accounts.models import AuditKind, Membership
from accounts.permissions import Permission, Role
from core.emails import normalize_email
from core.mail import after_commit
from subscriptions.actions import assign_seat, release_all_seats, release_seat
from subscriptions.actions.seats import lock_pools_of
from subscriptions.models import AssignmentSource, SeatAssignment, SeatPool
from team import notifications
from team.selectors.members import seats_of, state_of

# A form sent twice arrives within this time; later, it is a second attempt by a person.
_TWICE_WITHIN = timedelta(minutes=10)


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

    The same form sent twice adds once: the second finds the member of the first (D6).
    Raises what `invite` and `assign_seat` raise, and `agent_needs_seat`, `unknown_pool`.
    """
    pools = _lock_pools(by, pool_ids)
    _check_agent_with_seat(role, pools)
    _check_end_user_without_seat(role, pools)
    try:
        membership = invite(account=by.account, email=email, name=name, role=role, by=by, at=at)
    except ValidationError as refusal:
        twin = _just_added(email, name, role, pools, by=by, at=at)
        if refusal.code == "already_member" and twin:
            return twin
        raise
    for pool in pools:
        assign_seat(pool=pool, membership=membership, source=AssignmentSource.ADDED, by=by, at=at)
    return membership


def _just_added(
    email: str,
    name: str,
    role: Role,
    pools: Collection[SeatPool],
    *,
    by: Membership,
    at: datetime,
) -> Membership | None:
    """The member that the same person added a moment ago with exactly this form."""
    members = by.account.memberships.present()
    member = members.filter(user__email=normalize_email(email), name=name, role=role).first()
    last = member.audit_entries.first() if member else None
    if not member or not last or last.by_id != by.user_id or at - last.at > _TWICE_WITHIN:
        return None
    is_entry = last.kind in (AuditKind.INVITED, AuditKind.ROLE_CHANGED)
    return member if is_entry and seats_of(member) == {pool.pk for pool in pools} else None


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    name: str,
    role: Role,
    pool_ids: Collection[int],
    by: Membership,
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
    pools = _lock_pools(by, {*seats_of(membership), *pool_ids})
    row = Membership.objects.locked(membership)[membership.pk]
    _check_own_or_manageable(row, by)
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


def _give_exactly(
    wanted: Collection[SeatPool],
    held: Mapping[int, SeatAssignment],
    row: Membership,
    *,
    by: Membership,
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
        raise ValidationError(
            _("The invitation for %(name)s has expired. Resend it before you assign a seat.")
            % {"name": row.name},
            code="expired_invitation",
        )


def _tell_if_downgraded(was: Membership, role: Role, by: Membership) -> None:
    if role == Role.END_USER and not was.is_end_user:
        after_commit(notifications.downgraded, was, was.role, by)


def _check_expected_state(row: Membership, expected_state: str) -> None:
    if expected_state and expected_state != state_of(row):
        raise ValidationError(
            _(
                "Someone changed %(name)s in the meantime. Nothing has been saved yet. Check the "
                "details and save again."
            )
            % {"name": row.name},
            code="stale",
        )


def _check_own_or_manageable(row: Membership, by: Membership) -> None:
    if row.pk != by.pk:
        check_manageable(row, by)
    elif not by.may(Permission.MANAGE_TEAM):
        raise ValidationError(
            _("You cannot do this to yourself. Ask another admin."), code="own_membership"
        )


@transaction.atomic
def release_seats(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Release every seat of a member; an agent becomes an end user, unless suspended (D2, N6).

    Raises ValidationError `not_allowed`, `own_membership`, `owner`, `removed`.
    """
    was = _release_all(membership, by, at)
    row = lock_manageable(membership, by)
    _tell_if_downgraded(was, Role(row.role), by)
    return row


@transaction.atomic
def downgrade_to_end_user(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Downgrade a member: all seats released, role end user. Raises what `change_role` raises."""
    was = _release_all(membership, by, at)
    row = change_role(membership=membership, role=Role.END_USER, by=by, at=at)
    _tell_if_downgraded(was, Role(row.role), by)
    return row


def _release_all(membership: Membership, by: Membership, at: datetime) -> Membership:
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
    by: Membership,
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
    pools = _lock_pools(by, pool_ids)
    _check_agent_with_seat(role, pools)
    _check_end_user_without_seat(role, pools)
    row = change_role(membership=row, role=role, by=by, at=at)
    for pool in pools:
        assign_seat(pool=pool, membership=row, source=AssignmentSource.GIVEN, by=by, at=at)
    return row


@transaction.atomic
def remove_member(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """End a membership and release the seats.

    Raises what `remove` raises.
    """
    release_all_seats(membership=membership, by=by, at=at)
    return remove(membership=membership, by=by, at=at)


@transaction.atomic
def withdraw_member(*, membership: Membership, by: Membership, at: datetime) -> Membership:
    """Take an invitation back and release the seats it held (D2).

    Raises what `withdraw_invitation` raises.
    """
    release_all_seats(membership=membership, by=by, at=at)
    return withdraw_invitation(membership=membership, by=by, at=at)


def _lock_pools(by: Membership, pool_ids: Collection[int]) -> list[SeatPool]:
    pools = list(
        SeatPool.objects.locked().filter(subscription__account=by.account_id, pk__in=pool_ids)
    )
    if len(pools) != len(set(pool_ids)):
        raise ValidationError(_("These seats do not belong to this account."), code="unknown_pool")
    return pools


def _check_agent_with_seat(role: Role, pools: Collection[SeatPool]) -> None:
    if role == Role.AGENT and not pools:
        raise ValidationError(
            _("An agent needs at least one seat. Choose a seat or another role."),
            code="agent_needs_seat",
        )


def _check_end_user_without_seat(role: Role, pools: Collection[SeatPool]) -> None:
    if role == Role.END_USER and pools:
        raise ValidationError(
            _("An end user cannot have a seat. Clear the seats or choose another role."),
            code="end_user_has_seat",
        )
