"""The order in which programs read events, given once they are committed (D19)."""

from django.db import transaction

from accounts.models import Event
from core.locks import wait_for

_NUMBERING = "number_events"


def number_events() -> list[Event]:
    """Give every committed event its position, and return those that had none, in order.

    Whoever reads or delivers events calls it first. In a fixed number of statements, and
    without a lock where nothing is new. Not inside a transaction: its own events are not
    committed, and others would wait for its end. Raises RuntimeError there.
    """
    if not Event.objects.unnumbered().exists():
        return []
    with transaction.atomic(durable=True):
        wait_for(_NUMBERING)
        numbered: list[Event] = Event.objects.number()
    return numbered
