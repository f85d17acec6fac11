"""A mail server on this machine that says what reached it; slow, hanging or refusing if told to."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from types import TracebackType
from typing import Any, Self

from core import smtp

TAKES, HANGS, CLOSED, REFUSES, LATER = "takes", "hangs", "closed", "refuses", "later"
_REFUSALS = {REFUSES: "550 nobody here", LATER: "450 later"}


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as smtplib needs."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mood: str = TAKES, seconds_per_mail: float = 0) -> None:
        self.seconds_per_mail, self._mood = seconds_per_mail, mood
        self.connections = 0
        self.mails: list[Message] = []
        self.held, self._released = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), _Conversation)
        self._thread = threading.Thread(target=self.serve_forever, args=[0.01], daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    @property
    def receivers(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]

    @property
    def mood(self) -> str:
        return self._mood

    @mood.setter
    def mood(self, mood: str) -> None:
        """Whoever was left hanging is let go: their connection breaks."""
        self._mood = mood
        self._released.set()
        self.held.clear()
        self._released = threading.Event()

    def hold(self) -> None:
        """Say nothing until the mood changes; `held` says that somebody is waiting."""
        released = self._released
        self.held.set()
        released.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.mood = CLOSED
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        if self.server.mood == HANGS:
            self.server.hold()
            return
        if self.server.mood == CLOSED:
            self.say("421 not now")
            return
        self.say("220 mail.example")
        for line in self.rfile:
            match line[:4].strip().upper():
                case b"QUIT":
                    self.say("221 bye")
                    return
                case b"RCPT" if self.server.mood in _REFUSALS:
                    self.say(_REFUSALS[self.server.mood])
                case b"DATA":
                    self.say("354 go on")
                    self.take()
                case _:
                    self.say("250 yes")

    def take(self) -> None:
        text = b"".join(iter(self.rfile.readline, b".\r\n"))
        if not text.endswith(b"\n"):
            # Whoever was talking was killed in the middle.
            return
        time.sleep(self.server.seconds_per_mail)
        self.server.mails.append(message_from_bytes(text))
        self.say("250 taken")

    def say(self, words: str) -> None:
        try:
            self.wfile.write(f"{words}\r\n".encode())
        except OSError:
            # Whoever was talking has been killed.
            return


@contextmanager
def mail_server(
    settings: Any, mood: str = TAKES, seconds_per_mail: float = 0
) -> Iterator[MailServer]:
    """A running server that the application sends its mails to."""
    with MailServer(mood, seconds_per_mail) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
        smtp.let_go()
