import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

logger = logging.getLogger(__name__)
_silent = ContextVar("silent", default=False)


class Receiver(Protocol):
    """Someone who gets mail, in their language; none while they may not sign in."""

    email: str
    language: str
    is_active: bool


@contextmanager
def no_mail() -> Iterator[None]:
    """Suppress all mail inside the block: for loading data about the past."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def send_mail(template: str, to: Receiver, context: dict[str, Any]) -> None:
    """Send one mail, as text and HTML, in the receiver's language.

    Someone who has chosen none gets that of whoever caused the mail.

    `template` names a pair of files, `<template>.txt` and `<template>.html`;
    the first line of the text is the subject, and the heading of the HTML.
    Where the mail server does not take it, or it cannot be addressed, that is logged, and the next
    receiver gets theirs. Someone who may no longer sign in gets none.
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
        try:
            mail.send()
        # smtplib errors, a server that cannot be reached, an address that cannot receive mail.
        except (OSError, ValueError):
            logger.exception("The mail %s to %s could not be sent", template, to.email)


def _tidy(text: str) -> str:
    """Remove the empty lines that template tags leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def after_commit(notify: Callable[..., None], *args: Any) -> None:
    """Call a notification after the change it reports is committed, and only then.

    A mail that cannot be sent is logged and undoes nothing.
    """

    # A partial would do, but Django's log of a failure needs a function's name.
    def send() -> None:
        notify(*args)

    if not _silent.get():
        transaction.on_commit(send, robust=True)
