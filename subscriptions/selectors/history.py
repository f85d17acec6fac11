"""What happened, in words and newest first: access, seats and money in one list (D9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.formats import localize
from django.utils.translation import gettext as _

from accounts.actors import named
from accounts.models import (
    OF_ACCOUNTS,
    OF_TOKENS,
    OF_WEBHOOKS,
    Account,
    AccountKind,
    AuditEntry,
    AuditKind,
)
from accounts.permissions import Role
from subscriptions.models import Order, SeatChange, TermChange
from subscriptions.rules.commands import command_label
from subscriptions.rules.term_words import said


@dataclass(frozen=True)
class Event:
    """One row of history; `about` is the member, or the pool whose numbers changed.

    `cents` is what it cost; negative for what was given back.
    """

    at: datetime
    what: str
    was: str
    now: str
    by: str
    about: str = ""
    cents: int = 0


def history_of_account(account: Account, most: int) -> list[Event]:
    """The newest events of an account, of people, seats and what was agreed; four queries."""
    entries = account.audit_entries.select_related("by", "token", "member")[:most]
    changes = account.seat_changes.select_related("by", "token", "pool", "member")[:most]
    orders = account.orders.exclude(reason="").select_related("placed_by", "token")[:most]
    agreed = account.term_changes.select_related("by", "token", "order", "pool")
    terms = agreed.select_related("line__plan__product")[:most]
    events = [
        *map(event_of_order, orders),
        *map(event_of_term, terms),
        *map(event_of_change, changes),
        *map(event_of_entry, entries),
    ]
    return newest(events, most)


def newest(events: Iterable[Event], most: int) -> list[Event]:
    """Sorting is stable: at one moment the order stays the order of writing, newest first."""
    return sorted(events, key=lambda event: event.at, reverse=True)[:most]


def event_of_entry(entry: AuditEntry) -> Event:
    """Of a row read with `by`, `token` and `member`."""
    was, now = "", ""
    if entry.kind == AuditKind.RENAMED:
        was, now = entry.before.get("name", ""), entry.after.get("name", "")
    elif entry.kind == AuditKind.ROLE_CHANGED:
        was, now = _role(entry.before), _role(entry.after)
    elif entry.kind == AuditKind.INVITED:
        now = _role(entry.after)
    elif entry.kind in OF_TOKENS:
        now = (entry.after or entry.before)["name"]
    elif entry.kind in OF_WEBHOOKS:
        # Not all of the address: it may hold a key.
        now = urlsplit({**entry.before, **entry.after}["url"]).netloc
    elif entry.kind in OF_ACCOUNTS:
        was, now = _of_account(entry.before), _of_account(entry.after)
    about = entry.member.name if entry.member else entry.reason
    return Event(entry.at, entry.get_kind_display(), was, now, who(entry), about=about)


def event_of_change(change: SeatChange) -> Event:
    """Of a row read with `by`, `token`, `pool` and `member`."""
    what, by = change.get_kind_display(), who(change)
    if change.member:
        return Event(change.at, what, "", change.pool.name, by, about=change.member.name)
    was, now = change.seats_before, change.seats_after
    if was == now:
        was, now = change.at_renewal_before, change.at_renewal_after
    return Event(change.at, what, localize(was), localize(now), by, change.pool.name, change.cents)


def event_of_order(order: Order) -> Event:
    """Of what the vendor's people did: why, and what it cost or gave back."""
    what, by = order.get_kind_display(), who(order)
    return Event(order.placed_at, what, "", order.reason, by, cents=order.charged_cents)


def event_of_term(term: TermChange) -> Event:
    """Of a row read with `by`, `token`, `order`, `pool` and its line's product."""
    words = said(term, term.order.currency)
    return Event(term.at, words.label, words.before, words.after, who(term))


def who(row: AuditEntry | SeatChange | Order | TermChange) -> str:
    """By whom; through what, where it was not a page (D18)."""
    if row.is_by_system:
        return _by_system(row)
    if row.is_on_page or row.token:
        return named(row.by, row.token)
    return _("%(who)s (%(channel)s)") % {"who": row.by, "channel": row.get_channel_display()}


def _of_account(values: dict[str, Any]) -> str:
    """What the vendor changed: the kind in words, or a name, an address, a person."""
    if values.get("kind"):
        return str(AccountKind(values["kind"]).label)
    found = (values.get(key) for key in ("name", "slug", "representative", "owner"))
    return next((str(value) for value in found if value), "")


def _role(values: dict[str, Any]) -> str:
    return str(Role(values["role"]).label) if values.get("role") else ""


def _by_system(row: AuditEntry | SeatChange | Order | TermChange) -> str:
    what = command_label(row.command)
    return _("the system: %(what)s") % {"what": what} if what else _("the system")
