"""The outbox: an entry beside the change, in its transaction; `deliver_one` in the worker (D17).

A channel is a name and the function that delivers what is put on it; `OUTBOX_CHANNELS` in
the settings names them all. The function gets the entry and returns what is to go out because
of it, stored in the same transaction that notes it as delivered. It raises what went wrong:
`ImpossibleError` where trying again is no use; `NotTakenError` where it is; `UnreachableError`
where nothing else on this channel would arrive either; `BrokenOffError` where that is not known;
`UncertainError` where this one may have arrived all the same; and `PostponedError` where it was
not tried.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from core.models import DONE, OPEN, OutboxEntry, Status, reference
from core.purges import delete_in_pieces

logger = logging.getLogger(__name__)

# Fifteen seconds, then three times as long, at most six hours: a mail is given up after a day.
FIRST_WAIT, MAX_WAIT, MAX_TRIES = timedelta(seconds=15), timedelta(hours=6), 11
# A second copy is better than none, eleven are not: what may have arrived is retried once.
MAX_UNCERTAIN_TRIES = 2
# Where so many in a row break off, it is the server and not the mail.
MAX_BROKEN_OFF = 3
# For so long the admin can say that a mail has arrived.
KEPT = timedelta(days=30)
_NO_TRIES = {"tries": 0, "uncertain_tries": 0}
_WORKER_LOST = (
    "The worker died or took longer than its lease: how the last of {tries} tries ended is not "
    "known."
)
_MAY_HAVE_ARRIVED = "It may have arrived: all of it was handed over, and no answer came."

Deliver = Callable[[OutboxEntry], "Iterable[OutboxEntry] | None"]


class ImpossibleError(Exception):
    """This will not arrive however often it is tried."""


class NotTakenError(Exception):
    """Its receiver did not take it, for now; the others may."""


class UnreachableError(Exception):
    """Who takes this channel's deliveries cannot be reached: the others can wait as well."""


class BrokenOffError(UnreachableError):
    """They were reached and then gone: because of this one, perhaps, or for all of them."""


class UncertainError(BrokenOffError):
    """All of it was handed over, and nobody said whether it was taken: it may have arrived."""


class PostponedError(Exception):
    """It was not tried, because there is no use in it before this moment (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Not before {until}")
        self.until = until


@dataclass(frozen=True)
class OutboxChannel:
    name: str
    deliver: Deliver
    # Called when nothing more is due, to let go of what was kept open.
    rest: Callable[[], None] = lambda: None
    # Longer than the longest delivery; after a crash, so long is what was in hand kept back.
    lease: timedelta = timedelta(minutes=2)
    # So many are tried; with the waits between them, eleven take a day and twenty three days.
    max_tries: int = MAX_TRIES
    # So many go out at once: more than one where a slow receiver holds up only itself.
    threads: int = 1
    # What people call it.
    label: str | Promise = ""


@cache
def channels() -> Sequence[OutboxChannel]:
    return tuple(import_string(path) for path in settings.OUTBOX_CHANNELS)


@cache
def fillers() -> Sequence[Callable[[], int]]:
    """What the worker calls to make entries from what is stored elsewhere; each says how many."""
    return tuple(import_string(path) for path in settings.OUTBOX_FILLERS)


def wait_after(tries: int) -> timedelta:
    return min(FIRST_WAIT * 3 ** (tries - 1), MAX_WAIT)


def take(channel: OutboxChannel, at: datetime, *, only: int | None = None) -> OutboxEntry | None:
    """The entry to try now, out of everyone else's reach until the lease ends.

    What comes due after its last try, because that killed its worker or outlived its lease,
    is given up.
    """
    due = OutboxEntry.objects.due(channel.name, at)
    if only:
        due = due.filter(pk=only)
    # On SQLite, a transaction takes the only lock; whoever has nothing to do leaves it alone.
    while due.exists():
        with transaction.atomic():
            entry = due.select_for_update(skip_locked=True).first()
            if entry is None:
                return None
            if entry.tries < channel.max_tries:
                entry.tries += 1
                entry.due_at = at + channel.lease
                entry.save(update_fields=["tries", "due_at"])
                return entry
            _give_up(entry, _WORKER_LOST.format(tries=entry.tries))
    return None


def deliver_one(channel: OutboxChannel, *, only: int | None = None) -> bool:
    """Try what is due on a channel, one entry; say whether there was one.

    Raises UnreachableError once it has noted when to try this one again.
    """
    entry = take(channel, timezone.now(), only=only)
    if entry is None:
        return False
    try:
        follows = [*(channel.deliver(entry) or ())]
    except PostponedError as error:
        # This was no try.
        _settle(entry, due_at=error.until, tries=entry.tries - 1)
    except UnreachableError as error:
        _note_failure(channel, entry, error)
        raise
    except Exception as error:
        _note_failure(channel, entry, error)
    else:
        _note_delivery(channel, entry, follows)
    return True


def deliver_due() -> None:
    """Deliver all that is due, and what follows from it, here and now."""
    for fill in fillers():
        while fill():
            pass
    while any(_deliver_due_on(channel) for channel in channels()):
        pass


def _deliver_due_on(channel: OutboxChannel) -> bool:
    """Go on to the others where one breaks off; say whether any delivery came to an end."""
    any_ended, broken_off = False, 0
    while broken_off < MAX_BROKEN_OFF:
        try:
            if not deliver_one(channel):
                break
            any_ended, broken_off = True, 0
        except BrokenOffError:
            broken_off += 1
        except UnreachableError:
            break
    return any_ended


def deliver_now(entry: OutboxEntry) -> None:
    """Deliver one entry and what follows from it: for tests, which have no worker."""
    channel = next(channel for channel in channels() if channel.name == entry.channel)
    newest = OutboxEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with suppress(UnreachableError):
        if deliver_one(channel, only=entry.pk):
            for follower in OutboxEntry.objects.filter(pk__gt=newest).order_by("pk"):
                deliver_now(follower)


def postpone(entries: QuerySet[OutboxEntry], *, until: datetime) -> int:
    """Try those that wait not before a moment (UTC); say how many would have been earlier."""
    waiting = entries.filter(status=Status.WAITING, due_at__lt=until)
    return waiting.update(due_at=until)


def give_up(entries: QuerySet[OutboxEntry], error: str, *, at: datetime) -> int:
    """Try those that wait no more, because of this; say how many there were."""
    waiting = entries.filter(status=Status.WAITING)
    return waiting.update(status=Status.GIVEN_UP, settled_at=at, error=error)


def send_again(entries: QuerySet[OutboxEntry], *, at: datetime) -> int:
    """Try those of the entries that were given up again, from the first try on; say how many."""
    return retry(entries.filter(status=Status.GIVEN_UP), at=at)


def retry(entries: QuerySet[OutboxEntry], *, at: datetime) -> int:
    """Try entries from the first try on, whatever became of them; say how many.

    What has arrived has an empty payload: only for a channel that needs none.
    """
    return entries.update(status=Status.WAITING, settled_at=None, due_at=at, **_NO_TRIES)


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
    return delete_in_pieces(done)


def _note_delivery(
    channel: OutboxChannel, entry: OutboxEntry, follows: Sequence[OutboxEntry]
) -> None:
    delivered = {"status": Status.DELIVERED, "payload": {}, "error": ""}
    try:
        with transaction.atomic():
            # Only who took it last: a lease that ran out has been given to someone else.
            if _settle(entry, settled_at=timezone.now(), **delivered):
                OutboxEntry.objects.bulk_create(follows)
    except (DataError, IntegrityError, TypeError, ValueError) as error:
        # No database can store what it made. (One that is away can the next time.)
        _note_failure(channel, entry, error)


_FORESEEN = (ImpossibleError, NotTakenError, UnreachableError)


def _note_failure(channel: OutboxChannel, entry: OutboxEntry, error: Exception) -> None:
    said = _storable(f"{type(error).__name__}: {error}")
    uncertain_tries = entry.uncertain_tries + isinstance(error, UncertainError)
    if (
        isinstance(error, ImpossibleError)
        or entry.tries >= channel.max_tries
        or uncertain_tries >= MAX_UNCERTAIN_TRIES
    ):
        if uncertain_tries:
            said = f"{said} {_MAY_HAVE_ARRIVED}"
        # What the mail server said is enough; where our own code failed, the place is wanted.
        unexpected = None if isinstance(error, _FORESEEN) else error
        _give_up(entry, said, unexpected)
    else:
        logger.warning("Later again: %s %s: %s", entry.channel, entry.summary, said)
        due_at = timezone.now() + wait_after(entry.tries)
        _settle(entry, due_at=due_at, error=said, uncertain_tries=uncertain_tries)


def _give_up(entry: OutboxEntry, said: str, unexpected: Exception | None = None) -> None:
    logger.error(
        "Given up: %s %s to %s: %s",
        entry.channel,
        entry.summary,
        entry.receiver,
        said,
        exc_info=unexpected,
    )
    at = timezone.now()
    _settle(entry, status=Status.GIVEN_UP, settled_at=at, error=said)


def _storable(said: str) -> str:
    """As text that every database and log takes: an error may quote what one would not."""
    return said.encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _settle(entry: OutboxEntry, **values: Any) -> int:
    mine = OutboxEntry.objects.filter(pk=entry.pk, tries=entry.tries, status=Status.WAITING)
    return mine.update(**values)
