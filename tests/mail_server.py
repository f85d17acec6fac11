"""A mail server on this machine that says what reached it; slow, hanging or worse if told to."""

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
# Hang up at the receiver; take the mail and hang up without a word; say "wait" again and again.
DROPS, SWALLOWS, TRICKLES = "drops", "swallows", "trickles"
TRICKLED, SECONDS_PER_LINE = 20, 0.05
_REFUSALS = {REFUSES: "550 nobody here", LATER: "450 later"}


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as smtplib needs."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mood: str = TAKES, seconds_per_mail: float = 0) -> None:
        self.seconds_per_mail, self._mood = seconds_per_mail, mood
        self.connections = 0
        self.answer = "250 taken"
        # For whom alone it hangs up, in every mood.
        self.drops: set[str] = set()
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
            if self.hangs_up_on(line):
                return
            match line[:4].strip().upper():
                case b"QUIT":
                    self.say("221 bye")
                    return
                case b"RCPT" if self.server.mood in _REFUSALS:
                    self.say(_REFUSALS[self.server.mood])
                case b"DATA":
                    self.say("354 go on")
                    if not self.take():
                        return
                case _:
                    self.say("250 yes")

    def hangs_up_on(self, line: bytes) -> bool:
        everyone = {""} if self.server.mood == DROPS else self.server.drops
        return line.startswith(b"rcpt") and any(one in line.decode() for one in everyone)

    def take(self) -> bool:
        """Say whether the conversation goes on."""
        text = b"".join(iter(self.rfile.readline, b".\r\n"))
        if not text.endswith(b"\n"):
            # Whoever was talking was killed in the middle.
            return False
        time.sleep(self.server.seconds_per_mail)
        self.server.mails.append(message_from_bytes(text))
        if self.server.mood == SWALLOWS:
            return False
        if self.server.mood == TRICKLES:
            self.trickle()
        self.say(self.server.answer)
        return True

    def trickle(self) -> None:
        for _number in range(TRICKLED):
            self.say("250-wait")
            time.sleep(SECONDS_PER_LINE)

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
        settings.EMAIL_BACKEND = "core.smtp_backend.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
        smtp.let_go()
