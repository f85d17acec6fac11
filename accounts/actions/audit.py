"""The one place that records changes of role or access (D9)."""

from datetime import datetime
from typing import Any

from accounts.actors import By, actor_of
from accounts.models import AuditEntry, AuditKind, Membership


def record(
    member: Membership,
    kind: AuditKind,
    *,
    by: By,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry, in the transaction of the change it describes."""
    entry = entry_of(member, kind, by=by, at=at, before=before, after=after)
    entry.save(force_insert=True)
    return entry


def entry_of(
    member: Membership,
    kind: AuditKind,
    *,
    by: By,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """An entry to append, for whoever appends many at once."""
    actor = actor_of(by)
    return AuditEntry(
        account_id=member.account_id,
        member=member,
        kind=kind,
        by=actor.user,
        **actor.through,
        at=at,
        before=before or {},
        after=after or {},
    )
