"""A demo of its own for a tool: loaded into a new database, served on a free port, then gone.

A demo that is running is left alone.
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_RUNSERVER = ("manage.py", "runserver", "--noreload")
_GUNICORN = ("-m", "gunicorn", "seatadmin.wsgi", "--threads", "4", "--log-level", "error", "--bind")
_SESSION = """
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.get(email="{email}"),
                   backend="django.contrib.auth.backends.ModelBackend")
print(client.session.session_key)
"""


class Demo:
    """The demo in a database of its own; `address` is where it is served."""

    def __init__(self, folder: str, outbox: str) -> None:
        self.bind = f"{HOST}:{_free_port()}"
        self.address = f"http://{self.bind}"
        self.env = {
            **os.environ,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": HOST,
            "BASE_URL": self.address,
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "EMAIL_URL": "dummymail://",
            "OUTBOX": outbox,
        }

    def manage(self, *command: str, debug: bool = True) -> str:
        """Run a management command; what it printed."""
        done = subprocess.run(  # noqa: S603
            (sys.executable, "manage.py", *command),
            cwd=ROOT, env={**self.env, "DEBUG": str(int(debug))},
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def session_of(self, email: str) -> str:
        """A session in which a person of the demo is signed in."""
        return self.manage("shell", "--verbosity", "0", "-c", _SESSION.format(email=email))

    @contextmanager
    def served(self, *, debug: bool) -> Iterator[None]:
        """With `debug` by Django's own server, else by gunicorn, as in production."""
        server = subprocess.Popen(  # noqa: S603
            (sys.executable, *(_RUNSERVER if debug else _GUNICORN), self.bind),
            cwd=ROOT, env={**self.env, "DEBUG": str(int(debug))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if debug else None,
        )  # fmt: skip
        try:
            _wait_for(self.bind)
            yield
        finally:
            server.terminate()
            server.wait()


@contextmanager
def served_demo(*, debug: bool = True, outbox: str = "worker") -> Iterator[Demo]:
    """A fresh demo, served until the end; without `debug` as in production, behind a proxy.

    Nothing is delivered, unless `outbox` is "embedded": what is tried out may name anybody's
    address for a webhook.
    """
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(folder, outbox)
        demo.manage("migrate", "--verbosity", "0")
        demo.manage("load_demo")
        if not debug:
            demo.manage("collectstatic", "--no-input", "--verbosity", "0", debug=False)
        with demo.served(debug=debug):
            yield demo


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(bind: str) -> None:
    host, port = bind.split(":")
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The demo did not start.")
