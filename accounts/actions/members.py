from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import errors, notifications
from accounts.actions.audit import entry_of, record, record_all
from accounts.actions.tokens import tell_of_tokens
from accounts.actors import By, actor_of
from accounts.models import AuditEntry, AuditKind, Membership, Status
from accounts.permissions import PERMISSIONS, Permission, Role
from accounts.selectors.contacts import who_gives
from core import outbox
from core.mail import after_commit


def lock_manageable(membership: Membership, by: By) -> Membership:
    """The member's row, locked, if `by` may change it. Raises what `check_manageable` raises."""
    row = Membership.objects.locked(membership)[membership.pk]
    check_manageable(row, by)
    return row


def check_manageable(member: Membership, by: By) -> None:
    """Say why `by` may not change a member, if so.

    Staff and the system may change anyone but the owner; a token whom its maker could, and
    its maker. Raises ValidationError `owner`, `own_membership`, `not_allowed` or `removed`.
    """
    if member.is_removed:
        raise errors.REMOVED.error()
    if member.is_owner:
        raise errors.OWNER_UNCHANGED.error()
    actor = actor_of(by)
    if actor.is_self(member):
        raise errors.OWN_MEMBERSHIP.error()
    if actor.member and not actor.may_manage(member):
        raise who_gives(actor.account, member.role)


def check_grantable(role: Role, by: By) -> None:
    """Say why `by` may not give a role, if so (D13). Raises ValidationError `not_allowed`."""
    actor = actor_of(by)
    if actor.member and not actor.may_give(role):
        raise who_gives(actor.account, role)


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: By, at: datetime) -> Membership:
    """Give a member another role; the same role changes nothing.

    Raises ValidationError `owner` (D7), `own_membership`, `not_allowed`, `removed`.
    """
    return change_roles(memberships=[membership], role=role, by=by, at=at)[membership.pk]


@transaction.atomic
def change_roles(
    *,
    memberships: Collection[Membership],
    role: Role,
    by: By,
    at: datetime,
    check_permission: bool = True,
) -> dict[int, Membership]:
    """Give several members one role, as `change_role` does each, in a fixed number of statements.

    All of them or none: raises what `change_role` raises for the first that is refused.
    Without `check_permission`, the change follows from another one that `by` may make (D4):
    a program that may buy need not manage members.
    """
    rows = Membership.objects.locked(*memberships)
    if check_permission:
        for row in rows.values():
            check_manageable(row, by)
    if role == Role.OWNER:
        raise errors.OWNER_NOT_GIVEN.error()
    if check_permission:
        check_grantable(role, by)
    changing = [row for row in rows.values() if row.role != role]
    if changing:
        if Permission.MANAGE_API not in PERMISSIONS[role]:
            tell_of_tokens(changing, by=by, at=at)
        Membership.objects.filter(pk__in=[row.pk for row in changing]).update(role=role)
        record_all(_role_entry(row, role, by, at) for row in changing)
    for row in changing:
        row.role = role
    return rows


def _role_entry(row: Membership, role: Role, by: By, at: datetime) -> AuditEntry:
    before, after = {"role": row.role}, {"role": role}
    return entry_of(row, AuditKind.ROLE_CHANGED, by=by, at=at, before=before, after=after)


@transaction.atomic
def rename(*, membership: Membership, name: str, by: By, at: datetime) -> Membership:
    """Change the account's name for a person; members can always rename themselves.

    Raises ValidationError `not_allowed`, `removed`, `owner`.
    """
    actor = actor_of(by)
    if actor.is_self(membership):
        row = Membership.objects.locked(membership)[membership.pk]
    else:
        row = lock_manageable(membership, actor)
    if row.name != name:
        before, row.name = row.name, name
        row.save(update_fields=["name"])
        record(row, AuditKind.RENAMED, by=by, at=at, before={"name": before}, after={"name": name})
    return row


@transaction.atomic
def suspend(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Suspend a member, who keeps what they hold (D2).

    Raises ValidationError `not_active`, `owner` (D7), `own_membership`, `not_allowed`.
    """
    row = lock_manageable(membership, by)
    if not row.is_active:
        raise errors.NOT_ACTIVE.error()
    after_commit(notifications.suspended, row, *actor_of(by).member_and_token)
    tell_of_tokens([row], by=by, at=at)
    return _set_status(row, Status.SUSPENDED, AuditKind.SUSPENDED, by=by, at=at)


@transaction.atomic
def reactivate(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Restore the access of a suspended member.

    Raises ValidationError `not_suspended`, `own_membership`, `not_allowed`.
    """
    row = lock_manageable(membership, by)
    if not row.is_suspended:
        raise errors.NOT_SUSPENDED.error()
    after_commit(notifications.reactivated, row, *actor_of(by).member_and_token)
    return _set_status(row, Status.ACTIVE, AuditKind.REACTIVATED, by=by, at=at)


@transaction.atomic
def remove(*, membership: Membership, by: By, at: datetime) -> Membership:
    """End a membership. The row stays, for the history.

    Raises ValidationError `owner` (D7), `own_membership`, `not_allowed`, `removed`.
    """
    row = lock_manageable(membership, by)
    kind, tell = AuditKind.REMOVED, notifications.removed
    if row.is_invited:
        kind, tell = AuditKind.INVITATION_WITHDRAWN, notifications.invitation_withdrawn
        # The link in a mail that has not arrived yet no longer works.
        outbox.discard_about(row, at=at)
    after_commit(tell, row, *actor_of(by).member_and_token)
    tell_of_tokens([row], by=by, at=at)
    row.invitation_digest, row.invitation_expires_at = "", None
    return _set_status(row, Status.REMOVED, kind, by=by, at=at)


@transaction.atomic
def transfer_ownership(*, to: Membership, by: By, at: datetime) -> None:
    """Make an admin or billing admin the owner; the owner becomes billing admin (D7).

    Raises ValidationError `not_allowed` (only the owner may, never a program), `not_an_admin`.
    """
    member = actor_of(by).in_person
    rows = Membership.objects.locked(to, *([member] if member else ()))
    candidate, owner = rows[to.pk], rows[member.pk] if member else None
    if (
        owner is None
        or not owner.may(Permission.TRANSFER_OWNERSHIP)
        or candidate.account_id != owner.account_id
    ):
        raise errors.ONLY_OWNER_TRANSFERS.error()
    if not candidate.can_become_owner:
        raise errors.NOT_AN_ADMIN.error()
    after_commit(notifications.ownership_transferred, owner, candidate)
    hand_ownership_over(owner, candidate, by=by, at=at)


def hand_ownership_over(owner: Membership, candidate: Membership, *, by: By, at: datetime) -> None:
    """Of two locked members, the second becomes the owner and the first billing admin (D7)."""
    # In this order, so that there are never two owners.
    for row, role in ((owner, Role.BILLING_ADMIN), (candidate, Role.OWNER)):
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        record(
            row, AuditKind.ROLE_CHANGED, by=by, at=at, before={"role": before}, after={"role": role}
        )
    # What the owner alone may do, no program of a former owner does (D13).
    owner.api_tokens.filter(maker_role=Role.OWNER).update(maker_role=owner.role)


def _set_status(
    row: Membership, status: Status, kind: AuditKind, *, by: By, at: datetime
) -> Membership:
    before, row.status = row.status, status
    row.save(update_fields=["status", "invitation_digest", "invitation_expires_at"])
    record(row, kind, by=by, at=at, before={"status": before}, after={"status": status})
    return row
