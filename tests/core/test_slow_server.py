"""What a mail server does that is slow, trickles, hangs up or cannot be spoken to (D17)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from core import outbox, smtp, smtp_backend
from core.models import OutboxEntry, Status
from tests.core.letters import put
from tests.mail_server import (
    CLOSED,
    DROPS,
    SECONDS_PER_LINE,
    SWALLOWS,
    TAKES,
    TRICKLED,
    TRICKLES,
    MailServer,
    mail_server,
)

pytestmark = pytest.mark.django_db
TOO_SHORT = 0.15


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server(settings) as server:
        yield server


def try_again() -> None:
    OutboxEntry.objects.filter(status=Status.WAITING).update(due_at=timezone.now())
    outbox.deliver_due()


def test_a_yes_that_takes_longer_than_a_command_may_is_waited_for(
    server: MailServer, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT, server.seconds_per_mail = TOO_SHORT, 3 * TOO_SHORT
    entries = [put("Slow yes"), put("And the next")]
    for _number in range(outbox.MAX_TRIES):
        try_again()
    assert server.subjects == ["Slow yes", "And the next"]
    assert set(OutboxEntry.objects.values_list("status", "tries")) == {(Status.DELIVERED, 1)}
    assert OutboxEntry.objects.count() == len(entries)


def test_what_may_have_arrived_is_tried_once_more_and_no_more(server: MailServer) -> None:
    entry = put("Swallowed")
    server.mood = SWALLOWS
    try_again()
    # What surely has not arrived in between does not count.
    server.mood = CLOSED
    for _number in range(3):
        try_again()
    server.mood = SWALLOWS
    for _number in range(outbox.MAX_TRIES):
        try_again()
    entry.refresh_from_db()
    assert server.subjects == ["Swallowed"] * 2
    assert (entry.status, entry.tries) == (Status.GIVEN_UP, 5)
    assert "It may have arrived" in entry.error
    # Whoever sends it again knows that, and it begins anew.
    server.mood = TAKES
    outbox.send_again(OutboxEntry.objects.all(), at=timezone.now())
    try_again()
    entry.refresh_from_db()
    assert (entry.status, entry.uncertain_tries) == (Status.DELIVERED, 0)


def test_a_server_that_trickles_does_not_outlive_the_lease(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its lines comes in time, and the answer does not."""
    longest = 2 * smtp_backend.PATIENCE + smtp_backend.PATIENCE_FOR_ANSWER
    assert smtp.channel.lease > timedelta(seconds=longest)
    patience = TRICKLED * SECONDS_PER_LINE / 4
    monkeypatch.setattr(smtp_backend, "PATIENCE_FOR_ANSWER", patience)
    server.mood = TRICKLES
    entry = put("Trickled")
    outbox.deliver_due()
    entry.refresh_from_db()
    assert (entry.status, entry.uncertain_tries) == (Status.WAITING, 1)


def test_all_commands_of_a_mail_have_one_deadline(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = put("No time")
    monkeypatch.setattr(smtp_backend, "PATIENCE", 0.0)
    outbox.deliver_due()
    entry.refresh_from_db()
    assert (entry.tries, entry.uncertain_tries, server.mails) == (1, 0, [])
    assert "taken too long" in entry.error


def test_long_and_dotted_texts_arrive_as_they_are(server: MailServer) -> None:
    """Sent in pieces, and no line of theirs ends the mail."""
    text = ".\r\n..two\r\n" + "x" * 70 * 1000 + "\r\n.\r\nEnd."
    put("Long", text)
    outbox.deliver_due()
    parts = [part for part in server.mails[0].walk() if part.get_content_type() == "text/plain"]
    raw = parts[0].get_payload(decode=True)
    assert isinstance(raw, bytes)
    # The server of these tests does not undo what SMTP does to a dot at the start of a line.
    assert raw.decode().replace("\n..", "\n.").removeprefix(".").split() == text.split()


def test_one_on_which_the_server_hangs_up_does_not_keep_the_others(server: MailServer) -> None:
    """`deliver_outbox --once` is run by cron: its next run may be tomorrow."""
    server.drops = {"dropped@acme.example"}
    put("Dropped", to="dropped@acme.example")
    for number in range(4):
        put(str(number))
    call_command("deliver_outbox", "--once")
    assert server.subjects == ["0", "1", "2", "3"]
    assert OutboxEntry.objects.get(summary="Dropped").status == Status.WAITING


def test_a_server_that_hangs_up_on_several_in_a_row_is_left_alone(server: MailServer) -> None:
    server.mood = DROPS
    for number in range(outbox.MAX_BROKEN_OFF + 2):
        put(str(number))
    outbox.deliver_due()
    assert OutboxEntry.objects.filter(tries=1).count() == outbox.MAX_BROKEN_OFF
    assert OutboxEntry.objects.filter(tries=0).count() == 2


@pytest.mark.parametrize(
    "misspelt",
    [
        {"EMAIL_HOST": "mail..vendor.example"},
        {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": True},
        {"EMAIL_BACKEND": "no.such.Backend"},
    ],
)
def test_a_misspelt_setting_gives_up_no_mail(server: MailServer, misspelt: dict[str, Any]) -> None:
    with override_settings(**misspelt):
        for number in range(3):
            put(str(number))
        outbox.deliver_due()
    assert set(OutboxEntry.objects.values_list("status", flat=True)) == {Status.WAITING}
    assert sum(OutboxEntry.objects.values_list("tries", flat=True)) == 1
    try_again()
    assert server.subjects == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("answer", "status", "uncertain_tries"),
    [
        ("250 taken", Status.DELIVERED, 0),
        # Others than 250 are a yes, too.
        ("200 fine", Status.DELIVERED, 0),
        ("451 later", Status.WAITING, 0),
        ("554 no", Status.GIVEN_UP, 0),
        ("354 go on", Status.WAITING, 1),
        ("what?", Status.WAITING, 1),
    ],
)
def test_the_first_digit_of_the_answer_says_whether_it_was_taken(
    server: MailServer, answer: str, status: Status, uncertain_tries: int
) -> None:
    server.answer = answer
    entry = put("Hello")
    outbox.deliver_due()
    entry.refresh_from_db()
    assert (entry.status, entry.uncertain_tries) == (status, uncertain_tries)
