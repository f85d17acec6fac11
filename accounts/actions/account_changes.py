"""What the vendor changes in an account: its kind, who looks after it, its name and address.

Who may is in `rules/staff.py`; a member or a program never may.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from accounts import errors, notifications
from accounts.actions.audit import record_of
from accounts.actors import Actor, By, actor_of
from accounts.models import Account, AccountKind, AuditKind, User, WebAddress
from accounts.rules.staff import check_may_serve, check_superuser, is_member
from core.mail import after_commit


@transaction.atomic
def change_kind(
    *, account: Account, kind: AccountKind, reason: str, by: By, at: datetime
) -> Account:
    """Who buys and who decides depends on it; the same kind changes nothing.

    What follows from it is done above, where it is known, and people are told there.
    Raises ValidationError `own_account`, `not_allowed`, `reason_missing`.
    """
    row = lock_account(account, check_superuser, reason=reason, by=by)
    before, row.kind = row.kind, kind
    if before != kind:
        row.save(update_fields=["kind"])
        was, now = {"kind": before}, {"kind": kind}
        changed = AuditKind.KIND_CHANGED
        record_of(row, changed, reason=reason, by=by, at=at, before=was, after=now)
    return row


@transaction.atomic
def change_representative(
    *,
    accounts: Collection[Account],
    representative: User | None,
    reason: str,
    by: By,
    at: datetime,
) -> list[Account]:
    """Give accounts to another representative, or to nobody; all of them or none.

    Returns those that changed. Raises ValidationError `own_account`, `not_allowed`,
    `reason_missing`, `cannot_represent`.
    """
    changed = []
    for account in sorted(accounts, key=lambda each: each.pk):
        row = lock_account(account, check_superuser, reason=reason, by=by)
        if row.representative_id != (representative.pk if representative else None):
            _check_can_represent(representative, row)
            _represent(row, representative, reason, by, at)
            changed.append(row)
    if representative and changed:
        after_commit(notifications.representative_of, representative, changed, reason)
    return changed


def _represent(row: Account, user: User | None, reason: str, by: By, at: datetime) -> None:
    before, row.representative = row.representative, user
    row.save(update_fields=["representative"])
    was, now = (
        {"representative": str(each) if each else "", "representative_id": each and each.pk}
        for each in (before, user)
    )
    changed = AuditKind.REPRESENTATIVE_CHANGED
    record_of(row, changed, reason=reason, by=by, at=at, before=was, after=now)
    after_commit(notifications.representative_changed, row, before, reason)


def _check_can_represent(user: User | None, account: Account) -> None:
    if user and (not user.is_active or not user.serves_accounts() or is_member(user, account)):
        raise errors.CANNOT_REPRESENT.error(name=str(user), account=account.name)


@transaction.atomic
def change_name_and_address(
    *, account: Account, name: str, slug: str, reason: str, by: By, at: datetime
) -> Account:
    """What it is called, and where its pages are; what stays the same changes nothing.

    Addresses it had lead on to the new one, and nobody else is given them. Raises
    ValidationError `own_account`, `not_allowed`, `reason_missing`, `address_taken`.
    """
    row = lock_account(account, check_may_serve, reason=reason, by=by)
    before = [row.name, row.slug]
    if slug != row.slug:
        keep_address(row, row.slug)
        keep_address(row, slug)
        was, now = {"slug": row.slug}, {"slug": slug}
        changed = AuditKind.WEB_ADDRESS_CHANGED
        record_of(row, changed, reason=reason, by=by, at=at, before=was, after=now)
    if name != row.name:
        was, now = {"name": row.name}, {"name": name}
        changed = AuditKind.ACCOUNT_RENAMED
        record_of(row, changed, reason=reason, by=by, at=at, before=was, after=now)
    if before != [name, slug]:
        row.name, row.slug = name, slug
        row.save(update_fields=["name", "slug"])
        after_commit(notifications.account_changed, row, before, reason)
    return row


def keep_address(account: Account, slug: str) -> None:
    """The address is this account's, for good. Raises ValidationError `address_taken`.

    Of two who want the same one at once, the second waits for the first and is refused.
    """
    kept, _new = WebAddress.objects.get_or_create(slug=slug, defaults={"account": account})
    if kept.account_id != account.pk:
        raise errors.ADDRESS_TAKEN.error()


def lock_account(
    account: Account, check: Callable[[User, Account], None], *, reason: str, by: By
) -> Account:
    """The account, locked, for staff whom `check` lets, or for the system.

    Raises ValidationError `account_closed`, `reason_missing`, `not_allowed`, `own_account`.
    """
    actor = actor_of(by)
    row = Account.objects.locked(account)
    if row.is_closed:
        raise errors.ACCOUNT_CLOSED.error(account=row.name)
    _check(actor, row, check)
    if not reason.strip():
        raise errors.REASON_MISSING.error()
    return row


def _check(actor: Actor, account: Account, check: Callable[[User, Account], None]) -> None:
    if actor.staff:
        check(actor.staff, account)
    elif actor.member:
        raise errors.NOT_REPRESENTED.error(account=account.name)
