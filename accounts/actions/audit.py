"""The one place that records changes of role or access (D9), and the event of each (D19)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Protocol, cast

from accounts.actors import By, actor_of
from accounts.models import AUDIT_TYPES, Account, AuditEntry, AuditKind, Event, Membership
from core.models import reference


class HasEvents(Protocol):
    """A row that events are about, and what they call it."""

    EVENT_OBJECT: ClassVar[str]
    pk: int


def record(
    member: Membership,
    kind: AuditKind,
    *,
    by: By,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    about: HasEvents | None = None,
) -> AuditEntry:
    """Append one entry, in the transaction of the change it describes.

    It is about the member, or `about` a row that the member made.
    """
    entry = entry_of(member, kind, by=by, at=at, before=before, after=after)
    entry.save(force_insert=True)
    _event_of(entry, about).save(force_insert=True)
    return entry


def record_of(
    account: Account,
    kind: AuditKind,
    *,
    reason: str,
    by: By,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    member: Membership | None = None,
) -> AuditEntry:
    """Append one entry about the account itself; `member` is whom its ownership concerns."""
    actor = actor_of(by)
    entry = AuditEntry(
        account=account,
        member=member,
        kind=kind,
        by=actor.user,
        **actor.through,
        at=at,
        before=before or {},
        after=after or {},
        reason=reason,
    )
    entry.save(force_insert=True)
    _event_of(entry, account).save(force_insert=True)
    return entry


def record_all(entries: Iterable[AuditEntry]) -> None:
    """Append entries about members, as `record` does each, in two statements."""
    stored = AuditEntry.objects.bulk_create(entries)
    Event.objects.bulk_create(_event_of(entry) for entry in stored)


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


def _event_of(entry: AuditEntry, about: HasEvents | None = None) -> Event:
    what = (about.EVENT_OBJECT, about.pk) if about else ("member", entry.member_id)
    return Event(
        account_id=entry.account_id,
        type=AUDIT_TYPES[entry.kind],
        object=what[0],
        object_id=cast(int, what[1]),
        at=entry.at,
        source=reference(entry),
    )
