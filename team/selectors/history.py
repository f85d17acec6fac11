"""What happened to one member, newest first: access and seats in one list (D9)."""

from accounts.models import Membership
from subscriptions.selectors.history import Event, event_of_change, event_of_entry, newest

MAX_EVENTS = 20


def history_of(member: Membership) -> list[Event]:
    """The newest entries about a member."""
    entries = member.audit_entries.select_related("by", "token", "member")[:MAX_EVENTS]
    changes = member.seat_changes.select_related("by", "token", "pool", "member")[:MAX_EVENTS]
    events = [*map(event_of_change, changes), *map(event_of_entry, entries)]
    return newest(events, MAX_EVENTS)
