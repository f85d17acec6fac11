"""SMTP with deadlines: Django's backend, which a slow mail server cannot keep for ever.

A socket's timeout starts again with each byte, so a server that sends slowly outlives any lease.
And smtplib has one timeout for everything, while a server may take minutes to say yes to a
mail that it has: whoever stops listening before sends it again, and it arrives each time.
"""

import io
import re
import smtplib
import time
from typing import Any

from django.core.mail.backends import smtp

from core.outbox import UncertainError

# Seconds. Each command has `EMAIL_TIMEOUT`; all together have a minute to get connected and
# one to hand over a mail.
PATIENCE = 60.0
# From the final dot to the answer. RFC 5321 (4.5.3.2.6) says ten minutes; meanwhile the
# mails behind it wait.
PATIENCE_FOR_ANSWER = 300.0
# TLS sends no more at once, and the timeout starts again with each piece.
_PIECE = 16 * 1024


class _Client(smtplib.SMTP):
    """Raises smtplib's errors, and UncertainError where the mail may have been taken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._end = self._answer_until = time.monotonic() + PATIENCE
        super().__init__(*args, **kwargs)

    def sendmail(self, *args: Any, **kwargs: Any) -> Any:
        self._end = time.monotonic() + PATIENCE
        return super().sendmail(*args, **kwargs)

    def quit(self) -> Any:
        self._end = time.monotonic() + self.timeout
        return super().quit()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As smtplib's, but what follows the final dot is told apart from what precedes it."""
        code, reply = self.docmd("data")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        text = re.sub(rb"(?m)^\.", b"..", msg)
        self.send(text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self._answer_to_text()

    def _answer_to_text(self) -> tuple[int, bytes]:
        try:
            code, reply = self._reply_until(time.monotonic() + PATIENCE_FOR_ANSWER)
        except OSError as error:
            raise UncertainError(f"{type(error).__name__}: {error}") from error
        if code // 100 not in (2, 4, 5):
            raise UncertainError(f"The mail server answered {code} {reply!r}")
        # To smtplib, 250 alone is a yes.
        return 250 if code < 300 else code, reply

    def getreply(self) -> tuple[int, bytes]:
        return self._reply_until(self._end_of_command())

    def send(self, s: Any) -> None:
        for start in range(0, len(s), _PIECE):
            if self.sock:
                try:
                    self._limit(self._end_of_command())
                except TimeoutError as error:
                    self.close()
                    raise smtplib.SMTPServerDisconnected(str(error)) from error
            super().send(s[start : start + _PIECE])

    def receive(self, buffer: Any) -> int:
        self._limit(self._answer_until)
        return self.sock.recv_into(buffer) if self.sock else 0

    def _reply_until(self, end: float) -> tuple[int, bytes]:
        self._answer_until = end
        if self.sock and self.file is None:
            self.file = io.BufferedReader(_Replies(self))
        return super().getreply()

    def _end_of_command(self) -> float:
        return min(self._end, time.monotonic() + self.timeout)

    def _limit(self, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("The mail server has taken too long.")
        if self.sock:
            self.sock.settimeout(left)


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""


class _Replies(io.RawIOBase):
    """What the server says, read under the deadline of the reply that is awaited."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._client.receive(buffer)


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[_Client]:
        return _TlsClient if self.use_ssl else _Client
