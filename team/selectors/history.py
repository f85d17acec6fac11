"""What happened to one member, newest first: access and seats in one list (D9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts.actors import named
from accounts.models import OF_TOKENS, OF_WEBHOOKS, AuditEntry, AuditKind, Membership
from accounts.permissions import Role
from subscriptions.models import SeatChange
from subscriptions.rules.commands import command_label

MAX_EVENTS = 20


@dataclass(frozen=True)
class Event:
    at: datetime
    what: str
    was: str
    now: str
    by: str


def history_of(member: Membership) -> list[Event]:
    """The newest entries about a member."""
    entries = member.audit_entries.select_related("by", "token")[:MAX_EVENTS]
    changes = member.seat_changes.select_related("by", "token", "pool")[:MAX_EVENTS]
    events = [
        *(_of_change(change) for change in changes),
        *(_of_entry(entry) for entry in entries),
    ]
    # Sorting is stable: at one moment the order stays the order of writing, newest first.
    return sorted(events, key=lambda event: event.at, reverse=True)[:MAX_EVENTS]


def _of_entry(entry: AuditEntry) -> Event:
    was, now = "", ""
    if entry.kind == AuditKind.RENAMED:
        was, now = entry.before["name"], entry.after["name"]
    elif entry.kind == AuditKind.ROLE_CHANGED:
        was, now = _role(entry.before), _role(entry.after)
    elif entry.kind == AuditKind.INVITED:
        now = _role(entry.after)
    elif entry.kind in OF_TOKENS:
        now = (entry.after or entry.before)["name"]
    elif entry.kind in OF_WEBHOOKS:
        # Not all of the address: it may hold a key.
        now = urlsplit({**entry.before, **entry.after}["url"]).netloc
    return Event(entry.at, entry.get_kind_display(), was, now, _who(entry))


def _of_change(change: SeatChange) -> Event:
    return Event(change.at, change.get_kind_display(), "", change.pool.name, _who(change))


def _role(values: dict[str, Any]) -> str:
    return str(Role(values["role"]).label) if values.get("role") else ""


def _who(row: AuditEntry | SeatChange) -> str:
    """By whom; through what, where it was not a page (D18)."""
    if row.is_by_system:
        return _by_system(row)
    if row.is_on_page or row.token:
        return named(row.by, row.token)
    return _("%(who)s (%(channel)s)") % {"who": row.by, "channel": row.get_channel_display()}


def _by_system(row: AuditEntry | SeatChange) -> str:
    what = command_label(row.command)
    return _("the system: %(what)s") % {"what": what} if what else _("the system")
