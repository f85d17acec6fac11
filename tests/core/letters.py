"""Mails to deliver, for the tests of who delivers them."""

from collections.abc import Iterable

from django.core.mail import EmailMessage, EmailMultiAlternatives

from core import smtp
from core.mail import after_commit, store
from core.models import OutboxEntry


def put(subject: str, text: str = "text", *, to: str = "b@acme.example") -> OutboxEntry:
    """One mail in the outbox, which nobody has tried to deliver."""
    mail = EmailMultiAlternatives(subject, text, "a@vendor.example", [to])
    mail.attach_alternative("<p>text</p>", "text/html")
    entry = smtp.as_entry(mail)
    entry.save()
    return entry


def write(numbers: Iterable[int]) -> None:
    """One mail for each number, with the number as its subject."""
    for number in numbers:
        store(EmailMessage(f"{number}", "text", "a@v.example", [f"{number}@acme.example"]))


def notify(numbers: Iterable[int]) -> None:
    """A notification that becomes these mails."""
    after_commit(write, list(numbers))
