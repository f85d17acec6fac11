"""Nothing that a customer enters leads the server to where only the server can go (D17)."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import outgoing
from core.outgoing import MAX_ANSWER, ForbiddenAddressError, NoAnswerError, post
from core.public_addresses import is_public
from tests.certificates import server_context
from tests.receiver import (
    ENDLESS,
    HANGS,
    TRICKLES,
    TRICKLES_AND_CLOSES,
    TRICKLES_BODY,
    TRICKLES_OLD,
    Receiver,
    receiver,
)

pytestmark = pytest.mark.any_database

PATIENCE = 0.6

# Private, loopback, link-local (where clouds keep their secrets), shared, for tests and
# documentation, multicast, reserved; and every way to write an IPv4 address in IPv6.
FORBIDDEN = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9",
    "168.63.129.16", "192.0.2.1", "192.88.99.1", "192.168.0.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:8.8.8.8", "::ffff:a9fe:a9fe", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::1", "2002:0a00:0001::1", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "192.0.1.1", "223.255.255.255",
    "2600::1", "2606:4700:4700::1111", "2a00:1450:4001:830::200e", "64:ff9b::8.8.8.8",
)  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_of_the_internet_is_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5"]
)
def test_what_is_no_address_is_none_of_the_internet(text: str) -> None:
    assert not is_public(text)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on every address of this machine, IPv4 and IPv6, to which nobody may come."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        server.setblocking(False)
        yield server


# As a resolver understands them: names, short forms, numbers in other bases, IPv6.
LEADS_HERE = (
    "localhost", "LOCALHOST", "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433",
    "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[64:ff9b::7f00:1]", "localhost.",
)  # fmt: skip


@pytest.mark.parametrize("host", LEADS_HERE)
def test_however_this_machine_is_called_nobody_connects_to_it(
    listener: socket.socket, host: str, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = False
    with pytest.raises(NoAnswerError):
        post(f"https://{host}:{listener.getsockname()[1]}/", b"", {})
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("address", [a for a in FORBIDDEN if "%" not in a])
def test_a_name_that_means_a_forbidden_address_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = False

    def means(*_args: Any, **_kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", means)
    with pytest.raises(ForbiddenAddressError):
        post("https://rebound.example/", b"", {})


def test_what_was_checked_is_what_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A name that means another address a moment later is not asked again."""
    settings.POSTS_TO_THIS_MACHINE = False
    asked: list[str] = []
    connected: list[Any] = []

    def means(host: str, *_args: Any, **_kwargs: Any) -> list[Any]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connects(to: Any, *_args: Any, **_kwargs: Any) -> socket.socket:
        connected.append(to)
        raise ConnectionRefusedError("nobody goes there from here")

    monkeypatch.setattr(socket, "getaddrinfo", means)
    monkeypatch.setattr(socket, "create_connection", connects)
    with pytest.raises(NoAnswerError):
        post("https://rebinding.example/", b"", {})
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.216.34", 443)]


def test_of_the_addresses_of_a_name_only_public_ones_are_tried(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = False
    tried: list[str] = []

    def means(*_args: Any, **_kwargs: Any) -> list[Any]:
        addresses = ("10.0.0.1", "93.184.216.34", "::1", "2606:4700:4700::1111")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]

    def connects(to: Any, *_args: Any, **_kwargs: Any) -> socket.socket:
        tried.append(to[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", means)
    monkeypatch.setattr(socket, "create_connection", connects)
    with pytest.raises(NoAnswerError):
        post("https://both.example/", b"", {})
    assert tried == ["93.184.216.34", "2606:4700:4700::1111"]


def test_without_encryption_nothing_is_sent(settings: Any) -> None:
    settings.POSTS_TO_THIS_MACHINE = False
    with receiver() as one, pytest.raises(ForbiddenAddressError, match="encryption"):
        post(one.url, b"secret", {})
    assert one.received == []


# To a program on this machine, as in the demo


@pytest.fixture
def one(settings: Any) -> Iterator[Receiver]:
    settings.POSTS_TO_THIS_MACHINE = True
    with receiver() as found:
        yield found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "PATIENCE", PATIENCE)


def test_the_body_and_the_headers_arrive_and_the_answer_is_read(one: Receiver) -> None:
    one.answers, one.body = [202], "grüezi".encode()
    answer = post(f"{one.url}?a=b", b"{}", {"X-Told": "yes"})
    assert (answer.status, answer.text) == (202, "grüezi")
    [received] = one.received
    assert (received.path, received.body) == ("/hook?a=b", b"{}")
    assert received.headers["X-Told"] == "yes"
    assert received.headers["Host"] == f"127.0.0.1:{one.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(one: Receiver, status: int) -> None:
    with receiver() as other:
        one.answers, one.location = [status], other.url
        assert post(one.url, b"", {}).status == status
    assert (len(one.received), other.received) == (1, [])


def test_of_an_endless_answer_64_kb_are_read(one: Receiver) -> None:
    one.answers = [ENDLESS]
    assert len(post(one.url, b"", {}).text) == MAX_ANSWER


@pytest.mark.parametrize(
    "mood", [HANGS, TRICKLES, TRICKLES_BODY, TRICKLES_AND_CLOSES, TRICKLES_OLD]
)
@pytest.mark.usefixtures("impatient")
def test_whoever_answers_slowly_is_hung_up_on(one: Receiver, mood: str) -> None:
    one.answers = [mood]
    begun = time.monotonic()
    with pytest.raises(NoAnswerError, match="within 10 seconds"):
        post(one.url, b"", {})
    assert time.monotonic() - begun < 20 * PATIENCE
    assert len(one.received) == 1


@pytest.mark.usefixtures("impatient")
def test_whoever_takes_the_connection_and_says_nothing_of_tls_is_hung_up_on(settings: Any) -> None:
    settings.POSTS_TO_THIS_MACHINE = True
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(NoAnswerError, match="within 10 seconds"),
    ):
        post(f"https://127.0.0.1:{silent.getsockname()[1]}/", b"", {})


@pytest.mark.usefixtures("impatient")
def test_a_name_server_that_hangs_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    released = threading.Event()

    def hangs(*_args: Any, **_kwargs: Any) -> list[Any]:
        released.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    with pytest.raises(NoAnswerError):
        post("https://slow.example/", b"", {})
    released.set()


def test_a_server_that_is_down_is_no_answer(settings: Any) -> None:
    settings.POSTS_TO_THIS_MACHINE = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NoAnswerError, match="ConnectionRefusedError"):
        post(f"http://127.0.0.1:{port}/", b"", {})


def test_a_certificate_that_the_machine_trusts_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = True
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    with receiver(server_context(tmp_path, "localhost")) as one:
        assert post(one.url, b"{}", {}).status == 204
    assert one.received[0].body == b"{}"


@pytest.mark.parametrize("trusted", ["nobody", "other.example"])
def test_a_certificate_of_nobody_or_of_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: str, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = True
    name = "localhost" if trusted == "nobody" else "other.example"
    context = server_context(tmp_path, name)
    if trusted != "nobody":
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{name}.pem"))
    with receiver(context) as one, pytest.raises(NoAnswerError, match="certificate verify failed"):
        post(one.url, b"{}", {})
    assert one.received == []
