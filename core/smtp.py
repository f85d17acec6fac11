"""The channel of mails: from the outbox to the mail server (D17)."""

import smtplib
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, make_msgid
from django.core.mail.utils import DNS_NAME
from django.utils.translation import gettext_lazy as _

from core.models import OutboxEntry
from core.outbox import BrokenOffError, ImpossibleError, OutboxChannel, UnreachableError

CHANNEL = "mail"
_kept = threading.local()


def as_entry(mail: EmailMessage) -> OutboxEntry:
    """What the outbox keeps of a mail: subject, text and HTML, no attachments.

    Its Message-ID is fixed here: should it go twice after a crash, mail programs see one.
    """
    alternatives = getattr(mail, "alternatives", [])
    payload = {
        "subject": str(mail.subject),
        "body": str(mail.body),
        "html": next((str(part) for part, kind in alternatives if kind == "text/html"), ""),
        "from": mail.from_email,
        "to": list(mail.to),
        "headers": {"Message-ID": make_msgid(domain=str(DNS_NAME)), **mail.extra_headers},
    }
    return OutboxEntry(
        channel=CHANNEL,
        summary=str(mail.subject)[:250],
        receiver=", ".join(mail.to)[:254],
        payload=payload,
    )


def deliver(entry: OutboxEntry) -> None:
    """Hand one mail to the mail server. Raises what `core.outbox` tells apart."""
    connection = _connection()
    try:
        connection.send_messages([_mail(entry.payload)])
    except Exception as error:
        # What became of the connection is uncertain: the next mail opens its own.
        let_go()
        raise _meaning(error) from error


def let_go() -> None:
    """Say goodbye to the mail server; it keeps none waiting for mails that may never come."""
    connection = getattr(_kept, "connection", None)
    if connection:
        _kept.connection = None
        with suppress(OSError):
            connection.close()


def _connection() -> Any:
    # One connection for many mails: the end of a mail is noted as soon as the server has said
    # so, and not after saying goodbye.
    if getattr(_kept, "backend", None) != settings.EMAIL_BACKEND:
        let_go()
    if not getattr(_kept, "connection", None):
        try:
            connection = get_connection()
            connection.open()
        except Exception as error:
            # Whatever it is, a misspelt host, too: no mail is to blame.
            raise UnreachableError(f"{type(error).__name__}: {error}") from error
        _kept.connection, _kept.backend = connection, settings.EMAIL_BACKEND
    return _kept.connection


def _mail(payload: dict[str, Any]) -> EmailMessage:
    mail = EmailMultiAlternatives(
        payload["subject"],
        payload["body"],
        payload["from"],
        payload["to"],
        headers=payload["headers"],
    )
    if payload["html"]:
        mail.attach_alternative(payload["html"], "text/html")
    return mail


def _meaning(error: Exception) -> Exception:
    if isinstance(error, UnreachableError):
        return error
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _refused(said, [code for code, _text in error.recipients.values()])
    if isinstance(error, smtplib.SMTPDataError):
        return _refused(said, [error.smtp_code])
    if isinstance(error, smtplib.SMTPSenderRefused):
        return error
    # smtplib's own errors are errors of the system to Python, too.
    if isinstance(error, OSError):
        return BrokenOffError(said)
    # An address or a header that no mail can have.
    return ImpossibleError(said) if isinstance(error, ValueError) else error


def _refused(said: str, codes: Sequence[int]) -> Exception:
    # From 500 on it is for good; below, the server asks to try again later.
    return ImpossibleError(said) if min(codes) >= 500 else RuntimeError(said)


# A minute to connect, one to hand over, five for the answer, and the goodbye: see smtp_backend.
channel = OutboxChannel(CHANNEL, deliver, let_go, label=_("Email"), lease=timedelta(minutes=8))
