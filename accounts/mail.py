from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User

_silent = ContextVar("silent", default=False)


@contextmanager
def no_mail() -> Iterator[None]:
    """Nobody is told of what happens inside: for loading what has long happened."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def send_mail(template: str, to: User, context: dict[str, Any]) -> None:
    """Send one mail, as text and HTML, in the receiver's language.

    `template` names a pair of files, `<template>.txt` and `<template>.html`;
    the first line of the text is the subject.
    """
    with translation.override(to.language or settings.LANGUAGE_CODE):
        context = {"to": to, "base_url": settings.BASE_URL, **context}
        subject, text = render_to_string(f"{template}.txt", context).strip().split("\n", 1)
        html = render_to_string(f"{template}.html", context)
        # A name with a line break must not become a header.
        mail = EmailMultiAlternatives(" ".join(subject.split()), text.strip() + "\n", to=[to.email])
        mail.attach_alternative(html, "text/html")
        mail.send()


def after_commit(notify: Callable[..., None], *args: Any) -> None:
    """Call a notification once the change it tells of is stored, and only then.

    A mail that cannot be sent is logged and undoes nothing.
    """

    # A partial would do, but Django's log of a failure needs a function's name.
    def send() -> None:
        notify(*args)

    if not _silent.get():
        transaction.on_commit(send, robust=True)
