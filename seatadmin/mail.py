"""Mails as files that can be opened: the demo's replacement for a mail server."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FileBackend(BaseEmailBackend):
    """Writes each mail as `<when> <to> <subject>.eml`, and its HTML part beside it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        # Links in mails let in whoever opens them.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            path = folder / f"{_name(mail)}.eml"
            path.write_bytes(mail.message().as_bytes())
            if html := _html(mail):
                path.with_suffix(".html").write_text(html, encoding="utf-8")
        return len(email_messages)


def _name(mail: EmailMessage) -> str:
    """When, to whom and about what; to the microsecond, so that no two are the same."""
    when = f"{timezone.now():%Y-%m-%d %H.%M.%S.%f}"
    words = " ".join([when, *mail.to, str(mail.subject)])
    # Safe as a file's name anywhere, and short enough for any file system.
    safe = re.sub(r"[^\w@.+ -]+", "", words).encode()[:200].decode(errors="ignore")
    return safe.strip(" .")


def _html(mail: EmailMessage) -> str:
    alternatives = getattr(mail, "alternatives", [])
    return next((str(part) for part, kind in alternatives if kind == "text/html"), "")
