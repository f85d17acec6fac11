"""The worker as a process of its own: killed, stopped, several at once (D17)."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from core import smtp
from core.models import OutboxEntry, Status
from tests.concurrency.served import database_url
from tests.conftest import RecordProperty
from tests.mail_server import MailServer

MAILS, KILLS, KILLS_OF_A_SOAK = 60, 6, 50

Process = subprocess.Popen[bytes]
Start = Callable[[], Process]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(seconds_per_mail=0.03) as server:
        yield server


@pytest.fixture
def start(transactional_db: None, server: MailServer) -> Iterator[Start]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "OUTBOX": "worker",
    }
    started: list[Process] = []

    def start() -> Process:
        command = [sys.executable, "manage.py", "deliver_outbox"]
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def put(numbers: range) -> None:
    mails = [EmailMessage(f"{n}", "text", "a@v.example", [f"{n}@acme.example"]) for n in numbers]
    OutboxEntry.objects.bulk_create([smtp.as_entry(mail) for mail in mails])


def until(happened: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def all_delivered() -> bool:
    return not OutboxEntry.objects.exclude(status=Status.DELIVERED).exists()


def leases_run_out() -> None:
    OutboxEntry.objects.filter(status=Status.WAITING, tries__gt=0).update(due_at=timezone.now())


def test_killed_at_any_moment_it_loses_nothing(
    start: Start, server: MailServer, soak: float, record_property: RecordProperty
) -> None:
    chance, put_so_far = random.Random(), 0
    kills = KILLS_OF_A_SOAK if soak else KILLS
    for _number in range(kills):
        put(range(put_so_far, put_so_far + MAILS // KILLS))
        put_so_far += MAILS // KILLS
        arrived, worker = len(server.mails), start()
        until(lambda: len(server.mails) > arrived)  # noqa: B023
        time.sleep(chance.uniform(0, 0.3))
        worker.kill()
        worker.wait()
        leases_run_out()
    # PostgreSQL may finish what the killed one had sent it, and so take for it.
    time.sleep(1)
    leases_run_out()
    start()
    until(all_delivered)
    arrived_how_often = Counter(server.subjects)
    assert set(arrived_how_often) == {str(number) for number in range(put_so_far)}
    # Twice is only what was killed after the server took it and before that was noted; and
    # whoever gets it sees one, by its Message-ID.
    twice = len(server.mails) - put_so_far
    assert twice <= kills
    assert len({mail["Message-ID"] for mail in server.mails}) == put_so_far
    record_property("mails", {"killed": kills, "put": put_so_far, "twice": twice})


def test_told_to_stop_it_finishes_and_sends_nothing_twice(start: Start, server: MailServer) -> None:
    put(range(20))
    for _number in range(2):
        arrived, worker = len(server.mails), start()
        until(lambda: len(server.mails) > arrived)  # noqa: B023
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=10) == 0
    start()
    until(all_delivered)
    assert sorted(server.subjects, key=int) == [str(number) for number in range(20)]


def test_several_at_once_send_nothing_twice(start: Start, server: MailServer) -> None:
    put(range(MAILS))
    for _number in range(3):
        start()
    until(all_delivered)
    assert Counter(server.subjects) == Counter(str(number) for number in range(MAILS))
