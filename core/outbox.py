"""The outbox: an entry beside the change, in its transaction; `deliver_one` in the worker (D17).

A channel is a name and the function that delivers what is put on it; `OUTBOX_CHANNELS` in
the settings names them all. The function gets the entry and returns what is to go out because
of it, stored in the same transaction that notes it as delivered. It raises what went wrong,
`ImpossibleError` where trying again is no use, and `UnreachableError` where nothing else on
this channel would arrive either.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from core.models import DONE, OPEN, OutboxEntry, Status, reference

logger = logging.getLogger(__name__)

# Fifteen seconds, then three times as long, at most six hours: given up after a day.
FIRST_WAIT, MAX_WAIT, MAX_TRIES = timedelta(seconds=15), timedelta(hours=6), 11
# For so long the admin can say that a mail has arrived.
KEPT = timedelta(days=30)
_PURGED_AT_ONCE = 1000

Deliver = Callable[[OutboxEntry], "Iterable[OutboxEntry] | None"]


class ImpossibleError(Exception):
    """This will not arrive however often it is tried."""


class UnreachableError(Exception):
    """Who takes this channel's deliveries cannot be reached: the others can wait as well."""


@dataclass(frozen=True)
class OutboxChannel:
    name: str
    deliver: Deliver
    # Called when nothing more is due, to let go of what was kept open.
    rest: Callable[[], None] = lambda: None
    # Longer than the longest delivery; after a crash, so long is what was in hand kept back.
    lease: timedelta = timedelta(minutes=2)
    # What people call it.
    label: str | Promise = ""


@cache
def channels() -> Sequence[OutboxChannel]:
    return tuple(import_string(path) for path in settings.OUTBOX_CHANNELS)


def wait_after(tries: int) -> timedelta:
    return min(FIRST_WAIT * 3 ** (tries - 1), MAX_WAIT)


def take(channel: OutboxChannel, at: datetime, *, only: int | None = None) -> OutboxEntry | None:
    """The entry to try now, out of everyone else's reach until the lease ends."""
    due = OutboxEntry.objects.due(channel.name, at)
    if only:
        due = due.filter(pk=only)
    # On SQLite, a transaction takes the only lock; whoever has nothing to do leaves it alone.
    if not due.exists():
        return None
    with transaction.atomic():
        entry = due.select_for_update(skip_locked=True).first()
        if entry:
            entry.tries += 1
            entry.due_at = at + channel.lease
            entry.save(update_fields=["tries", "due_at"])
    return entry


def deliver_one(channel: OutboxChannel, *, only: int | None = None) -> bool:
    """Try what is due on a channel, one entry; say whether there was one.

    Raises UnreachableError once it has noted when to try this one again.
    """
    entry = take(channel, timezone.now(), only=only)
    if entry is None:
        return False
    try:
        follows = [*(channel.deliver(entry) or ())]
    except UnreachableError as error:
        _note_failure(entry, error)
        raise
    except Exception as error:
        _note_failure(entry, error)
    else:
        _note_delivery(entry, follows)
    return True


def deliver_due() -> None:
    """Deliver all that is due, and what follows from it, here and now."""
    delivered = True
    while delivered:
        delivered = False
        for channel in channels():
            with suppress(UnreachableError):
                while deliver_one(channel):
                    delivered = True


def deliver_now(entry: OutboxEntry) -> None:
    """Deliver one entry and what follows from it: for tests, which have no worker."""
    channel = next(channel for channel in channels() if channel.name == entry.channel)
    newest = OutboxEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with suppress(UnreachableError):
        if deliver_one(channel, only=entry.pk):
            for follower in OutboxEntry.objects.filter(pk__gt=newest).order_by("pk"):
                deliver_now(follower)


def send_again(entries: QuerySet[OutboxEntry], *, at: datetime) -> int:
    """Try those of the entries that were given up anew, from the first try on; say how many."""
    given_up = entries.filter(status=Status.GIVEN_UP)
    return given_up.update(status=Status.WAITING, settled_at=None, tries=0, due_at=at)


def discard(entries: QuerySet[OutboxEntry], *, at: datetime) -> int:
    """Be done with what has not arrived and need not any more; say how many there were.

    A mail that is being sent at this moment may still arrive.
    """
    open_entries = entries.filter(status__in=OPEN)
    return open_entries.update(status=Status.DISCARDED, settled_at=at, payload={})


def discard_about(row: Model, *, at: datetime) -> int:
    """Be done with all about a row that has not arrived: something newer takes its place."""
    return discard(OutboxEntry.objects.about([row]), at=at)


def undelivered_about(rows: Iterable[Model]) -> dict[int, list[str]]:
    """To whom something about each of these rows of one model was given up, by the row's id."""
    names = {reference(row): row.pk for row in rows}
    found: dict[int, list[str]] = {}
    given_up = OutboxEntry.objects.given_up().filter(subject__in=names).order_by("pk")
    for subject, receiver in given_up.values_list("subject", "receiver"):
        found.setdefault(names[subject], []).append(receiver)
    return found


def purge(*, at: datetime) -> int:
    """Delete what has long arrived or was discarded; given up is kept until someone acts."""
    done = OutboxEntry.objects.filter(status__in=DONE, settled_at__lt=at - KEPT)
    count = 0
    # In pieces: on SQLite, whoever deletes keeps all others from writing.
    while some := list(done.values_list("pk", flat=True)[:_PURGED_AT_ONCE]):
        count += OutboxEntry.objects.filter(pk__in=some).delete()[0]
    return count


def _note_delivery(entry: OutboxEntry, follows: Sequence[OutboxEntry]) -> None:
    with transaction.atomic():
        # Only who took it last: a lease that ran out has been given to someone else.
        if _settle(entry, status=Status.DELIVERED, settled_at=timezone.now(), payload={}, error=""):
            OutboxEntry.objects.bulk_create(follows)


def _note_failure(entry: OutboxEntry, error: Exception) -> None:
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, ImpossibleError) or entry.tries >= MAX_TRIES:
        # What the mail server said is enough; where our own code failed, the place is wanted.
        unexpected = None if isinstance(error, ImpossibleError | UnreachableError) else error
        logger.error(
            "Given up: %s %s to %s: %s",
            entry.channel,
            entry.summary,
            entry.receiver,
            said,
            exc_info=unexpected,
        )
        _settle(entry, status=Status.GIVEN_UP, settled_at=timezone.now(), error=said)
    else:
        logger.warning("Later again: %s %s: %s", entry.channel, entry.summary, said)
        _settle(entry, due_at=timezone.now() + wait_after(entry.tries), error=said)


def _settle(entry: OutboxEntry, **values: Any) -> int:
    mine = OutboxEntry.objects.filter(pk=entry.pk, tries=entry.tries, status=Status.WAITING)
    return mine.update(**values)
