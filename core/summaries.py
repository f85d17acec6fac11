"""What a notification is called, for people who look at what goes out (D11, D17)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.functional import Promise

Notify = TypeVar("Notify", bound=Callable[..., None])

_LABELS: dict[str, str | Promise] = {}


def path_of(notify: Callable[..., Any]) -> str:
    """The name by which the outbox calls a notification."""
    return f"{notify.__module__}.{notify.__qualname__}"


def summarized(label: str | Promise) -> Callable[[Notify], Notify]:
    """Name a notification in words, beside the path that calls it."""

    def named(notify: Notify) -> Notify:
        _LABELS[path_of(notify)] = label
        return notify

    return named


def in_words(summary: str) -> str:
    """What an entry of the outbox is, in the current language.

    A mail's summary is its subject and stays what it is; so does a path nothing is called by.
    """
    return str(_LABELS.get(summary, summary))
