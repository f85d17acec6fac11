"""The channel of notifications: a function to call once the change it reports is stored.

One row in the change's transaction, whatever the notification reads and however many mails
it becomes: nobody waits for that, least of all under a lock. The worker calls the function;
the mails it makes are stored in the transaction that notes the call as done.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from core.models import OutboxEntry, reference
from core.outbox import ImpossibleError, OutboxChannel
from core.summaries import path_of

CHANNEL = "notification"
_made: ContextVar[list[OutboxEntry] | None] = ContextVar("made", default=None)


def as_entry(
    notify: Callable[..., None], args: Sequence[Any], about: Model | None = None
) -> OutboxEntry:
    path = path_of(notify)
    payload = {
        "call": path,
        "args": _freeze(list(args)),
        # Of whoever caused it, for those who have chosen none.
        "language": translation.get_language(),
    }
    subject = reference(about) if about else ""
    return OutboxEntry(channel=CHANNEL, summary=path[:250], subject=subject, payload=payload)


def is_part_of_one(entry: OutboxEntry) -> bool:
    """Whether a notification is being made, which then stores the entry with its own end."""
    made = _made.get()
    if made is None:
        return False
    made.append(entry)
    return True


def deliver(entry: OutboxEntry) -> Sequence[OutboxEntry]:
    """Call the notification and return its mails, which are about what it is about."""
    args = _thaw(entry.payload["args"], _rows(entry.payload["args"]))
    with _making() as made, translation.override(entry.payload["language"]):
        import_string(entry.payload["call"])(*args)
    for mail in made:
        mail.subject = entry.subject
    return made


@contextmanager
def _making() -> Iterator[list[OutboxEntry]]:
    made: list[OutboxEntry] = []
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)


def _freeze(value: Any) -> Any:
    if isinstance(value, Model):
        return {"model": value._meta.label_lower, "pk": value.pk}
    if isinstance(value, list | tuple | set | frozenset):
        return [_freeze(each) for each in value]
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"The outbox cannot store {value!r} for a notification.")


def _rows(frozen: Any) -> dict[tuple[str, Any], Model]:
    """Every row among the arguments, in one query per model: a reduction names hundreds."""
    wanted = defaultdict(set)
    for label, pk in _named(frozen):
        wanted[label].add(pk)
    return {
        (label, row.pk): row
        for label, pks in wanted.items()
        for row in apps.get_model(label)._base_manager.filter(pk__in=pks)
    }


def _named(frozen: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(frozen, dict):
        yield frozen["model"], frozen["pk"]
    elif isinstance(frozen, list):
        for each in frozen:
            yield from _named(each)


def _thaw(frozen: Any, rows: dict[tuple[str, Any], Model]) -> Any:
    if isinstance(frozen, dict):
        try:
            return rows[frozen["model"], frozen["pk"]]
        except KeyError:
            raise ImpossibleError(
                f"There is no {frozen['model']} {frozen['pk']} any more."
            ) from None
    if isinstance(frozen, list):
        return [_thaw(each, rows) for each in frozen]
    return frozen


# One change may concern thousands of people, and each gets a mail.
channel = OutboxChannel(CHANNEL, deliver, lease=timedelta(minutes=15), label=_("Notification"))
