"""D17: webhooks with real workers: killed, several at once, and with a receiver that hangs."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import rename
from accounts.models import Event, Membership
from core import outbox
from core.models import OutboxEntry, Status
from events.actions import fan_out
from events.actions.delivering import channel
from events.models import Delivery, WebhookEndpoint
from tests import cast
from tests.concurrency.crowd import Crowd
from tests.concurrency.served import database_url
from tests.conftest import RecordProperty
from tests.events import hooks
from tests.receiver import HANGS, Receiver, receiver
from tests.soundness.forks import doomed

HAPPENS = 60
KILLS, KILLS_OF_A_SOAK, EVENTS_PER_KILL = 8, 100, 5
MAX_LIFE = 200  # milliseconds

Gather = Callable[[int], Crowd]


@pytest.fixture(autouse=True)
def this_machine(transactional_db: None, settings: Any) -> None:
    settings.POSTS_TO_THIS_MACHINE = True
    settings.OUTBOX = "worker"


@pytest.fixture
def one() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def happens(member: Membership, times: int, begin: int = 0) -> list[int]:
    """So many events, and their ids."""
    for number in range(begin, begin + times):
        rename(membership=member, name=f"Name {number}", by=member, at=cast.NOW)
    return list(Event.objects.order_by("-pk").values_list("pk", flat=True)[:times])


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def begin_here() -> None:
    """What happened so far is passed on to nobody."""
    while fan_out():
        pass
    hooks.nothing_waits()


def ids(one: Receiver) -> Counter[str]:
    return Counter(received.headers["webhook-id"] for received in one.received)


def test_many_workers_pass_each_event_on_once(
    acme_owner: Membership, acme_agent: Membership, crowd: Gather
) -> None:
    """While events are written and committed in any order."""
    endpoint = hooks.add(acme_owner)
    begin_here()
    for number in range(10):
        names = [partial(happens, each, 1, number) for each in (acme_owner, acme_agent)]
        crowd(4).race([*names, fan_out, fan_out])
    while fan_out():
        pass
    told = Counter(Delivery.objects.filter(endpoint=endpoint).values_list("event", flat=True))
    happened = Event.objects.filter(type="member.renamed").values_list("pk", flat=True)
    assert told == Counter(happened)
    assert len(happened) == 20
    entries = OutboxEntry.objects.filter(channel=channel.name)
    assert entries.count() == len(happened)


@pytest.fixture
def worker() -> Iterator[Callable[[], Any]]:
    """Starts `manage.py deliver_outbox`, as often as it is called."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "manage.py", "deliver_outbox"]
        environment = {**os.environ, "DATABASE_URL": database_url(), "OUTBOX": "worker"}
        started.append(subprocess.Popen(command, env=environment))

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_who_hangs_keeps_nobody_else_waiting(
    acme_owner: Membership, acme_agent: Membership, one: Receiver, worker: Callable[[], Any]
) -> None:
    """A hundred deliveries wait for one that says nothing; the other gets all of its own."""
    with receiver() as hanging:
        hanging.answers = [HANGS]
        lost = hooks.add(acme_owner, hanging.url, ["member.renamed"])
        hooks.add(acme_owner, one.url, ["member.renamed"])
        begin_here()
        happens(acme_agent, HAPPENS)
        worker()
        until(lambda: len(one.received) == HAPPENS)
        assert set(ids(one).values()) == {1}
        # One for each thread before anybody knew, and then one at a time.
        assert len(hanging.received) <= channel.threads + 2
        waiting = OutboxEntry.objects.about([lost]).filter(status=Status.WAITING)
        assert waiting.count() == HAPPENS


def test_several_workers_at_once_deliver_each_once(
    acme_owner: Membership, acme_agent: Membership, one: Receiver, worker: Callable[[], Any]
) -> None:
    endpoint = hooks.add(acme_owner, one.url)
    begin_here()
    happens(acme_agent, HAPPENS)
    for _number in range(3):
        worker()
    until(lambda: len(one.received) >= HAPPENS)
    until(lambda: not OutboxEntry.objects.about([endpoint]).filter(status="waiting").exists())
    assert set(ids(one).values()) == {1}
    assert len(one.received) == HAPPENS


def deliver_the_rest() -> bool:
    # What a worker had in hand when it was killed comes due: the test does not wait for it.
    waiting = OutboxEntry.objects.filter(status=Status.WAITING)
    waiting.filter(tries__gt=0).update(due_at=timezone.now())
    outbox.deliver_due()
    return not OutboxEntry.objects.exclude(status=Status.DELIVERED).exists()


def test_killed_at_any_moment_nothing_is_lost(
    acme_owner: Membership,
    acme_agent: Membership,
    one: Receiver,
    soak: float,
    record_property: RecordProperty,
) -> None:
    """While it passes events on and while it posts them, on both databases."""
    endpoint = hooks.add(acme_owner, one.url, ["member.renamed"])
    begin_here()
    chance, kills, happened = random.Random(), KILLS_OF_A_SOAK if soak else KILLS, 0
    with doomed("tests.core.doomed", OUTBOX="worker") as workers:
        for number in range(kills):
            happens(acme_agent, EVENTS_PER_KILL, happened)
            happened += EVENTS_PER_KILL
            workers.kill_one(number, chance.randint(0, MAX_LIFE))
    until(deliver_the_rest)
    told = ids(one)
    assert len(told) == happened == Delivery.objects.filter(endpoint=endpoint).count()
    # Twice is only what was killed after the receiver took it and before that was noted.
    twice = sum(told.values()) - happened
    assert twice <= kills * channel.threads
    WebhookEndpoint.objects.get(pk=endpoint.pk, failing_since=None, misses=0)
    record_property("webhooks", {"killed": kills, "events": happened, "twice": twice})
