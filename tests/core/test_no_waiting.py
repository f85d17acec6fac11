"""No page waits for a mail server, and nothing it does loses a mail (D17)."""

import time
from collections import Counter
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from core import outbox
from core.models import OutboxEntry, Status
from core.worker import Worker
from subscriptions.models import SeatPool
from tests import cast
from tests.conftest import ClientFor, RecordProperty
from tests.mail_server import CLOSED, HANGS, LATER, TAKES, mail_server
from tests.subscriptions.views.pages import address, confirmation, send

HOLDERS, HOLDERS_OF_A_SOAK = 60, 260
SECONDS_PER_MAIL = 0.12


@pytest.fixture(autouse=True)
def worker_is_another(transactional_db: None, settings: Any) -> None:
    settings.OUTBOX = "worker"


def until(happened: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def all_delivered() -> bool:
    return not OutboxEntry.objects.exclude(status=Status.DELIVERED).exists()


def in_a_thread(work: Any) -> Thread:
    def run() -> None:
        work()
        connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def try_again() -> None:
    OutboxEntry.objects.filter(status=Status.WAITING).update(due_at=cast.NOW)
    outbox.deliver_due()


@pytest.mark.parametrize("timing", ["now", "at_renewal"])
def test_a_reduction_of_hundreds_does_not_wait_for_their_mails(
    timing: str,
    acme_owner: Membership,
    sell_pool: SeatPool,
    client_for: ClientFor,
    settings: Any,
    soak: float,
    record_property: RecordProperty,
) -> None:
    """The answer is there before the first mail is; and each of them arrives, once."""
    holders = HOLDERS_OF_A_SOAK if soak else HOLDERS
    # And one who keeps their seat.
    cast.crowd(sell_pool, holders + 1)
    OutboxEntry.objects.all().delete()
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    numbers: dict[str, Any] = {f"seats-{sell_pool.pk}": 1, "timing": timing}
    shown = client.get(url, numbers)
    if timing == "now":
        # The page asks once more, and the answer is yes.
        shown = send(client, url, shown, numbers)
        numbers["confirmed"] = confirmation(shown)
    with mail_server(settings, seconds_per_mail=SECONDS_PER_MAIL) as server:
        worker = Worker(poll=0.01)
        worker.start()
        begun = time.perf_counter()
        answer = send(client, url, shown, numbers)
        seconds = time.perf_counter() - begun
        sent = len(server.mails)
        assert answer.status_code == 302
        # The answer has not waited for them: all would have taken seven seconds, or thirty.
        assert sent < 10
        if not soak:
            server.seconds_per_mail = 0
        until(all_delivered)
        worker.ask_to_stop()
        worker.wait()
    arrived = Counter(zip(server.receivers, server.subjects, strict=True))
    people = {f"crowd{number}@acme.example" for number in range(1, holders + 1)}
    assert people <= {receiver for receiver, _subject in arrived}
    assert set(arrived.values()) == {1}
    record_property(
        f"reduction, {timing}", {"holders": holders, "seconds": seconds, "mails by then": sent}
    )


def test_a_server_that_hangs_and_then_refuses_loses_nothing(
    acme_owner: Membership,
    acme_admin: Membership,
    acme_billing: Membership,
    acme_agent: Membership,
    settings: Any,
) -> None:
    """Four ask for a new password meanwhile; the answers and the sign-in page are there."""
    OutboxEntry.objects.all().delete()
    people = [member.user.email for member in (acme_owner, acme_admin, acme_billing, acme_agent)]
    with mail_server(settings, HANGS) as server:
        asked, opened = [ask(people[0])], []
        delivering = in_a_thread(outbox.deliver_due)
        assert server.held.wait(20)
        asked += [ask(email) for email in people[1:]]
        opened.append(Client().get(reverse("account_login")).status_code)
        # All answers are there, and the server still holds the first mail.
        assert server.held.is_set()
        assert delivering.is_alive()
        assert asked == [302] * 4
        assert opened == [200]
        server.mood = CLOSED
        delivering.join()
        for server.mood in (CLOSED, LATER):
            try_again()
        assert server.mails == []
        assert set(OutboxEntry.objects.values_list("status", flat=True)) == {Status.WAITING}
        server.mood = TAKES
        try_again()
    assert Counter(server.receivers) == Counter(people)


def ask(email: str) -> int:
    answer = Client().post(reverse("account_reset_password"), {"email": email})
    return int(answer.status_code)
