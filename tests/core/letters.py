"""Mails to deliver, for the tests of who delivers them."""

from collections.abc import Iterable

from django.core.mail import EmailMessage

from core.mail import after_commit, store


def write(numbers: Iterable[int]) -> None:
    """One mail for each number, with the number as its subject."""
    for number in numbers:
        store(EmailMessage(f"{number}", "text", "a@v.example", [f"{number}@acme.example"]))


def notify(numbers: Iterable[int]) -> None:
    """A notification that becomes these mails."""
    after_commit(write, list(numbers))
