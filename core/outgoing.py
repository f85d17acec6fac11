"""Posts to addresses that customers choose: only to the internet, and never for long.

What a name means is looked up once, checked, and connected to: between a check and a lookup
of its own, a connection could be led to a machine that only the server can reach.
"""

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from core.public_addresses import is_public

# For everything together: the lookup, the connection, the answer.
PATIENCE = 10.0  # seconds
# What people read is translated where it is shown.
TOO_SLOW = gettext_noop("There was no complete answer within 10 seconds.")
NOT_OF_THE_INTERNET = gettext_noop("The address is not one of the internet: nothing was sent.")
NOT_ENCRYPTED = gettext_noop("Without encryption, nothing is sent.")
MAX_ANSWER = 64 * 1024  # bytes
THIS_MACHINE = ("127.0.0.1", "localhost")


class NoAnswerError(Exception):
    """Nothing was answered; the text says why."""


class ForbiddenAddressError(NoAnswerError):
    """The name leads to an address that is not of the internet; nothing was connected."""


@dataclass(frozen=True)
class Answer:
    """The status, and as much of the body as is read."""

    status: int
    text: str


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body and read the answer; a redirect is an answer like others. 10 seconds in all.

    Raises NoAnswerError, ForbiddenAddressError.
    """
    place = urlsplit(url)
    connection = _connection(place.scheme, place.hostname or "", place.port)
    path = place.path or "/"
    target = f"{path}?{place.query}" if place.query else path
    try:
        with _closed_in_time(connection):
            connection.request("POST", target, body=body, headers=dict(headers))
            answer = connection.getresponse()
            said = answer.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        if connection.time_is_up or isinstance(error, TimeoutError):
            raise NoAnswerError(TOO_SLOW) from error
        raise NoAnswerError(f"{type(error).__name__}: {error}") from error
    if connection.time_is_up:
        raise NoAnswerError(TOO_SLOW)
    return Answer(answer.status, said.decode(errors="replace"))


class _CheckedConnection(http.client.HTTPConnection):
    """Connects to public addresses only, until its end."""

    def __init__(self, host: str, port: int | None) -> None:
        super().__init__(host, port or self.default_port, timeout=PATIENCE)
        self.end = time.monotonic() + PATIENCE
        self.time_is_up = False
        # `sock` is let go while an answer is still being read from it, this one is not.
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        self._take(self._reached())

    def cut(self) -> None:
        """End it from another thread, whatever it is waiting for."""
        self.time_is_up = True
        if self._wire:
            with suppress(OSError):
                # Not TLS's own: that one would change what the other thread is reading with.
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)

    def _take(self, sock: socket.socket) -> None:
        self.sock = self._wire = sock
        # Where time was up before there was anything to cut.
        if self.time_is_up:
            raise TimeoutError

    def _reached(self) -> socket.socket:
        failure: OSError = OSError("The name has no address.")
        for address in _allowed(self.host, _addresses(self.host, self.port, self.end)):
            try:
                return socket.create_connection((address, self.port), _left(self.end))
            except OSError as error:
                failure = error
        raise failure


class _CheckedTlsConnection(_CheckedConnection):
    """The same, encrypted, with a certificate that the machine trusts."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        context = ssl.create_default_context()
        # Not while wrapping: until then the socket is nobody's, and could not be cut.
        sock = context.wrap_socket(
            self._reached(), server_hostname=self.host, do_handshake_on_connect=False
        )
        self._take(sock)
        sock.do_handshake()


def _connection(scheme: str, host: str, port: int | None) -> _CheckedConnection:
    if scheme == "https":
        return _CheckedTlsConnection(host, port)
    if not _may_reach_this_machine(host):
        raise ForbiddenAddressError(NOT_ENCRYPTED)
    return _CheckedConnection(host, port)


@contextmanager
def _closed_in_time(connection: _CheckedConnection) -> Iterator[None]:
    """A socket's timeout starts again with each byte; this one does not."""
    watch = threading.Timer(_left(connection.end), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        connection.close()


def _addresses(host: str, port: int, end: float) -> list[str]:
    """What a name means now. The system's lookup knows no deadline, so it is left behind."""
    found: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([str(address[0]) for *_facts, address in answers])
        except (OSError, UnicodeError) as error:
            found.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = found.get(timeout=_left(end))
    except queue.Empty as error:
        raise TimeoutError("The name could not be looked up in time.") from error
    if isinstance(answer, list):
        return answer
    raise answer


def _allowed(host: str, addresses: list[str]) -> list[str]:
    if _may_reach_this_machine(host):
        return [each for each in addresses if each == "127.0.0.1"]
    allowed = [each for each in addresses if is_public(each)]
    if addresses and not allowed:
        raise ForbiddenAddressError(NOT_OF_THE_INTERNET)
    return allowed


def _may_reach_this_machine(host: str) -> bool:
    """In the demo, a program on the same machine can be tried out."""
    return settings.POSTS_TO_THIS_MACHINE and host in THIS_MACHINE


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.001)
