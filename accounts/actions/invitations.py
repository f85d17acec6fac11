import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import errors
from accounts.actions.audit import record
from accounts.actions.invitation_limits import check_invitation_limits
from accounts.actions.members import check_grantable, lock_manageable, remove
from accounts.actors import Actor, By, actor_of
from accounts.models import Account, AuditKind, Membership, Status, User
from accounts.notifications import send_invitation
from accounts.permissions import Role
from accounts.selectors.contacts import who_gives
from core import outbox
from core.emails import normalize_email
from core.mail import after_commit


def _digest(token: str) -> str:
    # Only the digest is stored, so reading the database is not enough to accept an invitation.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, account: Account, email: str, name: str, role: Role, by: By, at: datetime
) -> Membership:
    """Bring a person into the account and mail them a link that works once.

    An end user of the account becomes a team member at once, without an
    invitation; a removed member is invited again.
    Raises ValidationError `already_member`, `suspended`, `not_allowed`, `second_owner` (D7),
    `too_many_invitations`.
    """
    actor = actor_of(by)
    check_grantable(role, actor)
    if actor.account_id not in (None, account.pk):
        raise who_gives(actor.account, role)
    if role == Role.OWNER and account.memberships.filter(role=Role.OWNER).exists():
        raise errors.SECOND_OWNER.error()
    user = _person(email, name)
    membership = _membership(account, user, name, at)
    before = {"status": membership.status, "role": membership.role}
    if membership.is_active and membership.is_end_user and role != Role.END_USER:
        membership.role, membership.name = role, name
        membership.save(update_fields=["role", "name"])
        kind = AuditKind.ROLE_CHANGED
    elif membership.is_removed:
        membership.status, membership.role = Status.INVITED, role
        membership.name, membership.added_at = name, at
        _mail_invitation(membership, actor, at)
        kind = AuditKind.INVITED
    elif membership.is_suspended and membership.is_end_user:
        raise errors.SUSPENDED.error(email=email)
    else:
        raise errors.ALREADY_MEMBER.error(email=email)
    after = {"status": membership.status, "role": membership.role}
    record(membership, kind, by=actor, at=at, before=before, after=after)
    return membership


def _person(email: str, name: str) -> User:
    email = normalize_email(email)
    user = User.objects.filter(email=email).first()
    if user:
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name)
    except IntegrityError:
        return User.objects.get(email=email)


def _membership(account: Account, user: User, name: str, at: datetime) -> Membership:
    """The person's row in the account, locked; a new one starts as removed."""
    found, _created = Membership.objects.get_or_create(
        account=account,
        user=user,
        defaults={
            "name": name, "role": Role.END_USER, "status": Status.REMOVED, "added_at": at,
        },
    )  # fmt: skip
    return Membership.objects.locked(found)[found.pk]


def _mail_invitation(membership: Membership, by: Actor, at: datetime) -> None:
    check_invitation_limits(membership, at)
    token = secrets.token_urlsafe(32)
    membership.invitation_digest = _digest(token)
    membership.invitation_expires_at = at + timedelta(days=settings.INVITATION_DAYS)
    membership.save()
    # A link that no longer works need not be delivered.
    outbox.discard_about(membership, at=at)
    after_commit(send_invitation, membership, token, by.user, by.token, about=membership)


@transaction.atomic
def resend_invitation(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Mail a new link; the previous one stops working.

    Staff may do it for an owner as well, whose invitation nobody else could renew.
    Raises ValidationError `not_invited`, `not_allowed`, `owner`, `too_many_invitations`.
    """
    actor = actor_of(by)
    if actor.member:
        row = lock_manageable(membership, actor)
    else:
        row = Membership.objects.locked(membership)[membership.pk]
    _check_invited(row)
    _mail_invitation(row, actor, at)
    record(row, AuditKind.INVITATION_RESENT, by=by, at=at)
    return row


@transaction.atomic
def end_expired_invitation(*, membership: Membership, at: datetime) -> bool:
    """Make sure that an invitation which is too old is never accepted (D14).

    Whoever opened its link in time and accepts late finds it used: what it held is gone.
    The person stays invited. Returns whether it was still too old, and not an owner's.
    """
    row = Membership.objects.locked(membership)[membership.pk]
    if not row.is_invited or row.is_owner or not row.invitation_expired(at):
        return False
    row.invitation_digest = _digest(secrets.token_urlsafe(32))
    row.save(update_fields=["invitation_digest"])
    return True


@transaction.atomic
def withdraw_invitation(*, membership: Membership, by: By, at: datetime) -> Membership:
    """Take an invitation back; its link stops working.

    Raises ValidationError `not_invited`, `not_allowed`.
    """
    _check_invited(lock_manageable(membership, by))
    return remove(membership=membership, by=by, at=at)


def _check_invited(membership: Membership) -> None:
    if not membership.is_invited:
        raise errors.NOT_INVITED.error()


def find_invitation(token: str, at: datetime) -> Membership | None:
    """The open invitation a link leads to; none if it was used, withdrawn or is too old."""
    invited = Membership.objects.open_invitations(at).filter(invitation_digest=_digest(token))
    return invited.select_related("account", "user").first()


@transaction.atomic
def accept_invitation(
    *, membership: Membership, at: datetime, name: str = "", password: str = ""
) -> Membership:
    """Make an invited person an active member; only by that person.

    `name` and `password` are for someone who has no password yet. What
    was promised with the invitation is held since then, so there is nothing to lack (D2).
    Raises ValidationError `used` if the link was used, withdrawn or renewed meanwhile,
    `expired` if it is too old.
    """
    row = Membership.objects.locked(membership)[membership.pk]
    if not row.is_invited or row.invitation_digest != membership.invitation_digest:
        raise errors.LINK_USED.error()
    if row.invitation_expired(at):
        raise errors.LINK_EXPIRED.error()
    # The caller signs in this same object, which holds the new password.
    row.user = user = User.objects.select_for_update().get(pk=row.user_id)
    if password and user.has_usable_password():
        raise errors.HAS_PASSWORD.error()
    if password:
        user.set_password(password)
        user.name = name
        user.save(update_fields=["password", "name"])
    if name:
        row.name = name
    row.status, row.invitation_digest, row.invitation_expires_at = Status.ACTIVE, "", None
    row.save()
    record(
        row, AuditKind.ACCEPTED, by=Actor.on_page(row), at=at,
        before={"status": Status.INVITED}, after={"status": Status.ACTIVE},
    )  # fmt: skip
    return row
