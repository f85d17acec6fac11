"""The end of an account: what there is about it can be handed out, and is then erased (D15)."""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import errors, notifications
from accounts.actions.account_changes import lock_account
from accounts.actions.audit import record_of
from accounts.actors import By
from accounts.models import Account, AuditKind
from accounts.permissions import Role
from accounts.rules.staff import check_superuser
from core.exports import as_json
from core.mail import after_commit

_TOLD = (Role.OWNER, Role.BILLING_ADMIN)


@transaction.atomic
def close_account(*, account: Account, typed: str, reason: str, by: By, at: datetime) -> Account:
    """Close an account for good and erase the data of its people.

    `typed` is its name, typed once more. Every app that `ACCOUNT_PARTS` names says first
    whether it may be, and then erases its part. History stays, with names replaced. Raises
    ValidationError `own_account`, `not_allowed`, `reason_missing`, `account_closed`,
    `name_differs`, and what the parts raise.
    """
    # What they lock comes before the account, everywhere.
    for part in _parts():
        part.check_closable(account, at)
    row = lock_account(account, check_superuser, reason=reason, by=by)
    if typed.strip() != row.name:
        raise errors.NAME_DIFFERS.error(name=row.name)
    told = [
        member.user
        for member in row.memberships.active().filter(role__in=_TOLD).select_related("user")
    ]
    emails, languages = [user.email for user in told], [user.language for user in told]
    for part in reversed(_parts()):
        part.erase(row, by=by, at=at)
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    record_of(row, AuditKind.ACCOUNT_CLOSED, reason=reason, by=by, at=at)
    after_commit(notifications.account_closed, row.name, emails, languages)
    return row


def export_account(account: Account) -> Iterator[str]:
    """Everything about an account as one JSON document, in pieces; secrets are not in it."""
    return as_json(section for part in _parts() for section in part.sections(account))


def _parts() -> list[Any]:
    """The modules that hold something about an account, in the order of their locks."""
    return [import_module(path) for path in settings.ACCOUNT_PARTS]
