"""What the outbox keeps, and what it forgets (D17)."""

from datetime import timedelta
from typing import Any

from django.core.management import call_command

from accounts.models import Account, Membership
from core import outbox
from core.models import OutboxEntry, Status
from tests.cast import NOW
from tests.core import letters


def put(status: Status, days_ago: int, about: Account | None = None) -> OutboxEntry:
    then = NOW - timedelta(days=days_ago)
    return OutboxEntry.objects.create(
        channel="mail",
        summary="Hello",
        receiver="b@acme.example",
        subject=f"accounts.account:{about.pk}" if about else "",
        payload={"body": "https://secret"},
        status=status,
        settled_at=None if status == Status.WAITING else then,
    )


def test_after_a_month_only_what_has_not_arrived_is_kept(db: None) -> None:
    for status in (Status.DELIVERED, Status.DISCARDED):
        put(status, 31)
    kept = [
        put(Status.DELIVERED, 29),
        put(Status.DISCARDED, 29),
        put(Status.GIVEN_UP, 400),
        put(Status.WAITING, 400),
    ]
    assert outbox.purge(at=NOW) == 2
    assert set(OutboxEntry.objects.all()) == set(kept)


def test_what_is_discarded_is_neither_sent_nor_shown_and_its_links_are_gone(acme: Account) -> None:
    waiting = put(Status.WAITING, 0, acme)
    given_up = put(Status.GIVEN_UP, 0, acme)
    arrived = put(Status.DELIVERED, 0, acme)
    assert outbox.undelivered_about([acme]) == {acme.pk: ["b@acme.example"]}
    assert outbox.discard_about(acme, at=NOW) == 2
    for entry in (waiting, given_up, arrived):
        entry.refresh_from_db()
    assert (waiting.status, waiting.payload) == (Status.DISCARDED, {})
    assert given_up.status == Status.DISCARDED
    assert arrived.status == Status.DELIVERED
    assert outbox.undelivered_about([acme]) == {}
    assert outbox.send_again(OutboxEntry.objects.all(), at=NOW) == 0


def test_pages_ask_about_their_own_rows_only(acme: Account, stranger: Membership) -> None:
    put(Status.GIVEN_UP, 0, acme)
    put(Status.WAITING, 0, stranger.account)
    assert outbox.undelivered_about([stranger.account]) == {}
    assert outbox.undelivered_about([]) == {}


def test_the_command_delivers_what_is_due_and_forgets_what_is_old(
    db: None, mailoutbox: list[Any], settings: Any
) -> None:
    settings.OUTBOX = "worker"
    old = put(Status.DELIVERED, 400)
    letters.notify([1, 2])
    call_command("deliver_outbox", "--once")
    assert [mail.subject for mail in mailoutbox if mail.subject in "12"] == ["1", "2"]
    assert not OutboxEntry.objects.filter(pk=old.pk).exists()
