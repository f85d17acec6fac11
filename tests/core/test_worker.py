"""The worker as a process of its own: killed, stopped, several at once (D17)."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from core import outbox
from core.models import OutboxEntry, Status
from tests.concurrency.served import database_url, gunicorn
from tests.conftest import RecordProperty
from tests.core import letters
from tests.mail_server import MailServer, mail_server
from tests.soundness.forks import doomed

MAILS = 60
KILLS, KILLS_OF_A_SOAK, MAILS_PER_KILL = 12, 150, 5
MAX_LIFE = 300  # milliseconds, of which one mail takes 30

Process = subprocess.Popen[bytes]
Start = Callable[[], Process]


@pytest.fixture
def server(transactional_db: None, settings: Any) -> Iterator[MailServer]:
    settings.OUTBOX = "worker"
    with mail_server(settings, seconds_per_mail=0.03) as server:
        yield server


@pytest.fixture
def environment(server: MailServer) -> dict[str, str]:
    return {"OUTBOX": "worker", "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    started: list[Process] = []

    def start() -> Process:
        command = [sys.executable, "manage.py", "deliver_outbox"]
        everything = {**os.environ, "DATABASE_URL": database_url(), **environment}
        started.append(subprocess.Popen(command, env=everything))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(happened: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def all_delivered() -> bool:
    return not OutboxEntry.objects.exclude(status=Status.DELIVERED).exists()


def leases_end() -> None:
    """What a worker had in hand when it was killed comes due: the test does not wait for it."""
    OutboxEntry.objects.filter(status=Status.WAITING, tries__gt=0).update(due_at=timezone.now())


def deliver_the_rest() -> bool:
    # Again and again: PostgreSQL may still be taking an entry for a worker that is gone.
    leases_end()
    outbox.deliver_due()
    return all_delivered()


def test_killed_at_any_moment_it_loses_nothing(
    server: MailServer,
    environment: dict[str, str],
    soak: float,
    record_property: RecordProperty,
) -> None:
    """While it makes mails of notifications and while it sends them, on both databases."""
    chance, kills = random.Random(), KILLS_OF_A_SOAK if soak else KILLS
    with doomed("tests.core.doomed", **environment) as workers:
        for number in range(0, kills * MAILS_PER_KILL, MAILS_PER_KILL):
            letters.write([number, number + 1])
            letters.notify(range(number + 2, number + MAILS_PER_KILL))
            workers.kill_one(number, chance.randint(0, MAX_LIFE))
            leases_end()
    until(deliver_the_rest)
    wanted = {str(number) for number in range(kills * MAILS_PER_KILL)}
    assert set(server.subjects) == wanted
    # Twice is only what was killed after the server took it and before that was noted; and
    # whoever gets it sees one, by its Message-ID.
    twice = len(server.mails) - len(wanted)
    assert twice <= kills
    assert len({mail["Message-ID"] for mail in server.mails}) == len(wanted)
    record_property("mails", {"killed": kills, "put": len(wanted), "twice": twice})


def test_told_to_stop_it_finishes_and_sends_nothing_twice(start: Start, server: MailServer) -> None:
    letters.write(range(20))
    for _number in range(2):
        arrived, worker = len(server.mails), start()
        until(lambda: len(server.mails) > arrived)  # noqa: B023
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=10) == 0
    start()
    until(all_delivered)
    assert sorted(server.subjects, key=int) == [str(number) for number in range(20)]


def test_several_at_once_send_nothing_twice(start: Start, server: MailServer) -> None:
    letters.write(range(MAILS))
    for _number in range(3):
        start()
    until(all_delivered)
    assert Counter(server.subjects) == Counter(str(number) for number in range(MAILS))


def test_a_server_delivers_by_itself_where_no_worker_is_started(
    environment: dict[str, str], server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As gunicorn or `make demo` starts it: several processes, and each mail once."""
    for name, value in {**environment, "OUTBOX": "embedded"}.items():
        monkeypatch.setenv(name, value)
    letters.write(range(5))
    letters.notify(range(5, 10))
    with gunicorn("--workers", "2"):
        until(all_delivered)
    assert Counter(server.subjects) == Counter(str(number) for number in range(10))
