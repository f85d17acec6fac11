"""What `manage.py check --deploy` says, and which files others on the machine can read."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from seatadmin import checks
from seatadmin.storage import ROOM, keep_private, with_room

pytestmark = pytest.mark.any_database

PRODUCTION = {
    # A browser test in the same process sets it.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",
    "DEBUG": "0", "SECRET_KEY": "x" * 20 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "ALLOWED_HOSTS": "seats.example", "TRUSTED_PROXIES": "1", "CACHE_URL": "dbcache://cache",
    "OUTBOX": "embedded",
}  # fmt: skip


def check(**environment: str) -> str:
    """What the command says, with exit status 1 at a warning."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env={**os.environ, **PRODUCTION, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == ("0 silenced" in done.stdout or "no issues" in done.stdout)
    return done.stdout + done.stderr


def test_a_deployment_as_the_readme_has_it_is_fine() -> None:
    assert "no issues" in check()
    assert "no issues" in check(CACHE_URL="rediscache://127.0.0.1:6379")


@pytest.mark.parametrize(
    ("setting", "value", "warning"),
    [
        ("TRUSTED_PROXIES", "0", "seatadmin.W001"),
        ("CACHE_URL", "locmemcache://", "seatadmin.W002"),
        ("CACHE_URL", "dummycache://", "seatadmin.W002"),
        ("CACHE_URL", "dbcache://cache?max_entries=300", "seatadmin.W003"),
        ("HSTS_SECONDS", "0", "security.W004"),
        ("OUTBOX", "at_once", "seatadmin.W004"),
        ("OUTBOX", "nobody", "seatadmin.E002"),
    ],
)
def test_what_does_not_hold_the_promises_is_warned_of(
    setting: str, value: str, warning: str
) -> None:
    said = check(**{setting: value})
    assert warning in said
    assert said.count("?: (") == 1


def test_an_sqlite_without_returning_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    [error] = checks.check_sqlite()
    assert error.is_serious()
    monkeypatch.setattr(checks, "sqlite_version_info", (3, 35, 0))
    assert checks.check_sqlite() == []


@pytest.mark.parametrize("kind", ["db.DatabaseCache", "locmem.LocMemCache"])
def test_a_cache_that_counts_entries_has_room_for_all_guesses(kind: str) -> None:
    cache = with_room({"BACKEND": f"django.core.cache.backends.{kind}"})
    assert cache["OPTIONS"]["MAX_ENTRIES"] == ROOM == 100_000
    redis = with_room({"BACKEND": "django.core.cache.backends.redis.RedisCache"})
    assert "OPTIONS" not in redis


@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({}, "max-age=31536000"),
        ({"HSTS_SECONDS": "3600", "HSTS_SUBDOMAINS": "1"}, "max-age=3600; includeSubDomains"),
        (
            {"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"},
            "max-age=31536000; includeSubDomains; preload",
        ),
    ],
)
def test_hsts_is_as_it_is_set(environment: dict[str, str], header: str) -> None:
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "print(Client(SERVER_NAME='seats.example').get('/preferences/', secure=True)"
        "['Strict-Transport-Security'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={
            **os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "seatadmin.settings",
            "CACHE_URL": "locmemcache://", **environment,
        },
        check=False,
    )  # fmt: skip
    assert done.stdout.strip() == header, done.stderr


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_and_the_mails_of_the_demo_are_for_their_owner_alone(
    tmp_path: Path,
) -> None:
    """Also the files SQLite writes beside it, while it is open."""
    script = (
        "import django; django.setup()\n"
        "from pathlib import Path\n"
        "from django.core.management import call_command\n"
        "from django.conf import settings\n"
        "from django.core.mail import EmailMessage, get_connection\n"
        f"folder = Path('{tmp_path}')\n"
        "settings.EMAIL_FILE_PATH = folder / 'mails'\n"
        "call_command('migrate', 'contenttypes', verbosity=0)\n"
        "backend = get_connection('seatadmin.mail.FileBackend')\n"
        "backend.send_messages([EmailMessage('Hello', 'x', to=['a@b.example'])])\n"
        "print(*sorted(f'{p.name}:{p.stat().st_mode & 0o777:o}' for p in folder.iterdir()))"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", 'umask 022; exec "$0" "$@"', sys.executable, "-c", script],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
        env={
            **os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
            "DJANGO_SETTINGS_MODULE": "seatadmin.settings",
        },
    )  # fmt: skip
    assert done.stdout.split() == [
        "demo.sqlite3-shm:600", "demo.sqlite3-wal:600", "demo.sqlite3:600", "mails:700",
    ], done.stderr  # fmt: skip


def test_a_database_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "shared.sqlite3"
    file.touch(mode=0o640)
    before = mode(file)
    keep_private(str(file))
    keep_private(":memory:")
    keep_private(str(tmp_path / "nowhere" / "x.sqlite3"))
    assert mode(file) == before
    assert not (tmp_path / "nowhere").exists()
