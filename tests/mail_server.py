"""A mail server on this machine, to send to and to be let down by."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TAKES, HANGS, REFUSES = "takes", "hangs", "refuses"
SECONDS = 0.3


class _Conversation(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self) -> None:
        self.server.connections += 1
        if self.server.mood == HANGS:
            # Long enough for whoever sends to give up first.
            time.sleep(SECONDS)
            return
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            verb = line.decode().split(":")[0].split()[0].upper()
            self.server.said.append(verb)
            self.wfile.write(self._answer(verb))
            if verb == "QUIT":
                return

    def _answer(self, verb: str) -> bytes:
        if verb == "RCPT" and self.server.mood == REFUSES:
            return b"550 nobody here\r\n"
        if verb == "DATA":
            self.wfile.write(b"354 go on\r\n")
            while self.rfile.readline() not in (b".\r\n", b""):
                pass
        return b"250 fine\r\n"


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mood: str) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mood, self.connections = mood, 0
        self.said: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def mail_server(settings: Any, mood: str) -> Iterator[MailServer]:
    """A running server that the application sends its mails to."""
    with MailServer(mood) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = SECONDS / 3
        yield server
        server.shutdown()
