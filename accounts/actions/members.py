from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notifications
from accounts.actions.audit import record
from accounts.actors import Actor
from accounts.models import AuditKind, Membership, Status
from accounts.permissions import Permission, Role
from accounts.selectors.contacts import who_gives
from core.mail import after_commit


def lock_manageable(membership: Membership, by: Actor) -> Membership:
    """The member's row, locked, if `by` may change it. Raises what `check_manageable` raises."""
    row = Membership.objects.locked(membership)[membership.pk]
    check_manageable(row, by)
    return row


def check_manageable(member: Membership, by: Actor) -> None:
    """Say why `by` may not change a member, if so.

    Staff and the system may change anyone but the owner. Raises
    ValidationError `owner`, `own_membership`, `not_allowed` or `removed`.
    """
    if member.is_removed:
        raise ValidationError(_("This person is no longer a member."), code="removed")
    if member.is_owner:
        raise ValidationError(
            _("The account owner cannot be changed. Only the owner can transfer ownership."),
            code="owner",
        )
    if isinstance(by, Membership):
        if by.pk == member.pk:
            raise ValidationError(
                _("You cannot do this to yourself. Ask another admin."), code="own_membership"
            )
        if not by.may_manage(member):
            raise ValidationError(who_gives(member.account, member.role), code="not_allowed")


def check_grantable(role: Role, by: Actor) -> None:
    """Say why `by` may not give a role, if so (D13). Raises ValidationError `not_allowed`."""
    if isinstance(by, Membership) and not by.may_give(role):
        raise ValidationError(who_gives(by.account, role), code="not_allowed")


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: Actor, at: datetime) -> Membership:
    """Give a member another role; the same role changes nothing.

    Raises ValidationError `owner` (D7), `own_membership`, `not_allowed`, `removed`.
    """
    row = lock_manageable(membership, by)
    if role == Role.OWNER:
        raise ValidationError(
            _("An account has exactly one owner. Transfer ownership instead."), code="owner"
        )
    check_grantable(role, by)
    if row.role != role:
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        record(
            row, AuditKind.ROLE_CHANGED, by=by, at=at, before={"role": before}, after={"role": role}
        )
    return row


@transaction.atomic
def rename(*, membership: Membership, name: str, by: Membership, at: datetime) -> Membership:
    """Change the account's name for a person; members can always rename themselves.

    Raises ValidationError `not_allowed`, `removed`, `owner`.
    """
    if by.pk == membership.pk:
        row = Membership.objects.locked(membership)[membership.pk]
    else:
        row = lock_manageable(membership, by)
    if row.name != name:
        before, row.name = row.name, name
        row.save(update_fields=["name"])
        record(row, AuditKind.RENAMED, by=by, at=at, before={"name": before}, after={"name": name})
    return row


@transaction.atomic
def suspend(*, membership: Membership, by: Actor, at: datetime) -> Membership:
    """Suspend a member, who keeps what they hold (D2).

    Raises ValidationError `not_active`, `owner` (D7), `own_membership`, `not_allowed`.
    """
    row = lock_manageable(membership, by)
    if not row.is_active:
        raise ValidationError(_("Only active members can be suspended."), code="not_active")
    after_commit(notifications.suspended, row, by)
    return _set_status(row, Status.SUSPENDED, AuditKind.SUSPENDED, by=by, at=at)


@transaction.atomic
def reactivate(*, membership: Membership, by: Actor, at: datetime) -> Membership:
    """Restore the access of a suspended member.

    Raises ValidationError `not_suspended`, `own_membership`, `not_allowed`.
    """
    row = lock_manageable(membership, by)
    if not row.is_suspended:
        raise ValidationError(_("This member is not suspended."), code="not_suspended")
    after_commit(notifications.reactivated, row, by)
    return _set_status(row, Status.ACTIVE, AuditKind.REACTIVATED, by=by, at=at)


@transaction.atomic
def remove(*, membership: Membership, by: Actor, at: datetime) -> Membership:
    """End a membership. The row stays, for the history.

    Raises ValidationError `owner` (D7), `own_membership`, `not_allowed`, `removed`.
    """
    row = lock_manageable(membership, by)
    kind, tell = AuditKind.REMOVED, notifications.removed
    if row.is_invited:
        kind, tell = AuditKind.INVITATION_WITHDRAWN, notifications.invitation_withdrawn
    after_commit(tell, row, by)
    row.invitation_digest, row.invitation_expires_at = "", None
    return _set_status(row, Status.REMOVED, kind, by=by, at=at)


@transaction.atomic
def transfer_ownership(*, to: Membership, by: Membership, at: datetime) -> None:
    """Make an admin or billing admin the owner; the owner becomes billing admin (D7).

    Raises ValidationError `not_allowed` (only the owner may), `not_an_admin`.
    """
    rows = Membership.objects.locked(to, by)
    owner, candidate = rows[by.pk], rows[to.pk]
    if not owner.may(Permission.TRANSFER_OWNERSHIP) or candidate.account_id != owner.account_id:
        raise ValidationError(
            _("Only the account owner can transfer ownership."), code="not_allowed"
        )
    if not candidate.can_become_owner:
        raise ValidationError(
            _(
                "Ownership can only be transferred to an active admin or billing admin. Change "
                "the role first."
            ),
            code="not_an_admin",
        )
    after_commit(notifications.ownership_transferred, owner, candidate)
    # In this order, so that there are never two owners.
    for row, role in ((owner, Role.BILLING_ADMIN), (candidate, Role.OWNER)):
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        record(
            row, AuditKind.ROLE_CHANGED, by=by, at=at, before={"role": before}, after={"role": role}
        )


def _set_status(
    row: Membership, status: Status, kind: AuditKind, *, by: Actor, at: datetime
) -> Membership:
    before, row.status = row.status, status
    row.save(update_fields=["status", "invitation_digest", "invitation_expires_at"])
    record(row, kind, by=by, at=at, before={"status": before}, after={"status": status})
    return row
