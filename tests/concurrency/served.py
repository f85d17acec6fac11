"""The application as a company runs it: gunicorn, several processes and threads."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import connection
from django.test import Client

from accounts.models import Membership

TOKEN = "a" * 32


@dataclass(frozen=True)
class Answer:
    status: int
    text: str


@dataclass(frozen=True)
class Browser:
    """Someone who is signed in, on a connection of their own for every request."""

    port: int
    session: str

    def get(self, path: str) -> Answer:
        return self._send("GET", path, "")

    def post(self, path: str, data: dict[str, Any]) -> Answer:
        return self._send("POST", path, urlencode({**data, "csrfmiddlewaretoken": TOKEN}, True))

    def _send(self, method: str, path: str, body: str) -> Answer:
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return _ask(self.port, method, path, body, headers)


@dataclass(frozen=True)
class Caller:
    """A program with a key of its own, on a connection of its own for every request."""

    port: int
    key: object

    def send(
        self, method: str, address: str, body: Any = None, idempotency_key: str = ""
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        said = json.dumps(body) if body is not None else None
        return _ask(self.port, method, f"/api/v1/{address}", said, headers)


def _ask(port: int, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
    """On a connection of its own."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    server.request(method, path, body, headers)
    response = server.getresponse()
    answer = Answer(response.status, response.read().decode())
    server.close()
    return answer


@dataclass(frozen=True)
class Server:
    port: int
    process: "subprocess.Popen[bytes]"

    def browser_of(self, member: Membership) -> Browser:
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return Browser(self.port, client.cookies["sessionid"].value)


def database_url() -> str:
    """The address of the database this test uses, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def gunicorn(*options: str) -> Iterator[Server]:
    """A running server on a free port of 127.0.0.1, on this test's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "seatadmin.wsgi", "--log-level", "error"),
        *("--bind", f"127.0.0.1:{port}", "--worker-tmp-dir", "/tmp"),
        *(options or ("--workers", "2", "--threads", "6")),
    ]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(600):
        assert process.poll() is None, "gunicorn ended"
        try:
            Browser(port, "").get("/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("gunicorn does not answer")


def statuses(answers: Sequence[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)
