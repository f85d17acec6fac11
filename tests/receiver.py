"""A program on this machine that webhooks are sent to: well, slow, hanging or worse if told to."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import standardwebhooks

TRICKLES, HANGS, ENDLESS = "trickles", "hangs", "endless"
TRICKLES_BODY, TRICKLES_AND_CLOSES, TRICKLES_OLD = "body", "body, then closes", "body, HTTP/1.0"
_HEADS = {
    TRICKLES_BODY: b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n",
    TRICKLES_AND_CLOSES: b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10000\r\n\r\n",
    TRICKLES_OLD: b"HTTP/1.0 200 OK\r\n\r\n",
}
_SECONDS_PER_BYTE = 0.02


@dataclass
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def checked_with(self, secret: str) -> Any:
        """What it says, once the library has checked who signed it. Raises its error."""
        return standardwebhooks.Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What reached it, and what it answers: each in turn, the last one for good."""

    server: ThreadingHTTPServer
    scheme: str = "http"
    answers: list[int | str] = field(default_factory=lambda: [204])
    body: bytes = b""
    location: str = ""
    received: list[Received] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        host = "localhost" if self.scheme == "https" else "127.0.0.1"
        return f"{self.scheme}://{host}:{self.port}/hook"

    def let_go(self) -> None:
        """Whoever was left hanging is hung up on."""
        self.released.set()


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver, with TLS if it is given a context."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    one = Receiver(server, "https" if context else "http")
    server.receiver = one
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield one
    finally:
        one.let_go()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up on it did so on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        one = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        one.received.append(Received(self.path, dict(self.headers.items()), body))
        answer = one.answers.pop(0) if len(one.answers) > 1 else one.answers[0]
        with suppress(OSError):
            self._answer(one, answer)

    def _answer(self, one: Receiver, answer: int | str) -> None:
        if answer == HANGS:
            one.held.set()
            one.released.wait(60)
        elif answer == TRICKLES:
            self._trickle(b"HTTP/1.1 200 OK\r\nX-Patience: " + b"x" * 10_000)
        elif str(answer) in _HEADS:
            self.wfile.write(_HEADS[str(answer)])
            self._trickle(b"x" * 10_000)
        elif answer == ENDLESS:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not one.released.is_set():
                self.wfile.write(b"x" * 65_536)
        else:
            self.send_response(int(answer))
            if one.location:
                self.send_header("Location", one.location)
            self.send_header("Content-Length", str(len(one.body)))
            self.end_headers()
            self.wfile.write(one.body)

    def _trickle(self, said: bytes) -> None:
        for byte in said:
            if self.server.receiver.released.is_set():
                return
            self.wfile.write(bytes([byte]))
            time.sleep(_SECONDS_PER_BYTE)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read `received`."""
