"""Mails as actions and notifications write them; the outbox carries them (D17)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation

from core import notifications, outbox, smtp

_silent = ContextVar("silent", default=False)


class Receiver(Protocol):
    """Who gets a mail: where, in which language ("" if unknown), and whether at all."""

    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def is_active(self) -> bool: ...


@contextmanager
def no_mail() -> Iterator[None]:
    """Suppress all mail inside the block: for loading data about the past."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def after_commit(notify: Callable[..., None], *args: Any, about: Model | None = None) -> None:
    """Call a notification once the change it reports is stored, and only then.

    One row in the change's own transaction, whatever the notification reads and however many
    mails it becomes; the worker does the rest. `args` are rows, text, numbers, and lists of
    them; the notification gets the rows as they are stored by then. `about` is the row whose
    page shows a mail that could not be delivered.
    """
    if _silent.get():
        return
    entry = notifications.as_entry(notify, args, about)
    entry.save(force_insert=True)
    if settings.OUTBOX == "at_once":
        transaction.on_commit(partial(outbox.deliver_now, entry), robust=True)


def send_mail(template: str, to: Receiver, context: dict[str, Any]) -> None:
    """Store one mail to be sent, as text and HTML, in the receiver's language.

    Someone who has chosen none gets that of whoever caused the mail.

    `template` names a pair of files, `<template>.txt` and `<template>.html`;
    the first line of the text is the subject, and the heading of the HTML.
    Someone who may no longer sign in gets none.
    """
    if not to.is_active:
        return
    language = to.language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        context = {"to": to, "base_url": settings.BASE_URL, **context}
        subject, text = render_to_string(f"{template}.txt", context).strip().split("\n", 1)
        # A name with a line break must not become a header.
        subject = " ".join(subject.split())
        html = render_to_string(f"{template}.html", {**context, "subject": subject})
        mail = EmailMultiAlternatives(subject, _tidy(text), to=[to.email])
        mail.attach_alternative(html, "text/html")
        store(mail)


def store(mail: EmailMessage) -> None:
    """Store a mail to be sent: with the notification that makes it, or by itself."""
    entry = smtp.as_entry(mail)
    if notifications.is_part_of_one(entry):
        return
    entry.save(force_insert=True)
    if settings.OUTBOX == "at_once":
        outbox.deliver_now(entry)


def _tidy(text: str) -> str:
    """Remove the empty lines that template tags leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
