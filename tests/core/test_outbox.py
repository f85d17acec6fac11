"""What goes out is stored with its cause, tried again, and given up in the open: D17."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

import accounts.notifications
import subscriptions.notifications
import team.notifications
from accounts.models import Account, Membership, User
from core import outbox, smtp
from core.mail import after_commit, no_mail, store
from core.models import OutboxEntry, Status
from core.summaries import in_words, path_of
from subscriptions.models import SeatPool
from tests import moves
from tests.conftest import ClientFor
from tests.core.letters import put
from tests.mail_server import LATER, REFUSES, TAKES, MailServer, mail_server
from tests.subscriptions.views.pages import text

Settings = Any
Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def worker_is_another(settings: Settings) -> None:
    settings.OUTBOX = "worker"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server(settings) as server:
        yield server


told: list[Any] = []


def of_these_tests() -> QuerySet[OutboxEntry]:
    """Not what the cast left: its members were invited."""
    return OutboxEntry.objects.filter(summary__startswith="tests.core")


def tell(*args: Any) -> None:
    told.append((args, translation.get_language()))


def tell_two(account: Account) -> None:
    for number in (1, 2):
        mail = EmailMessage(f"{number} {account.name}", "text", "a@v.example", ["b@acme.example"])
        store(mail)


def tell_and_break(account: Account) -> None:
    tell_two(account)
    raise RuntimeError("in the middle")


UNSTORABLE = {"half": "half a \ud83d", "byte": "a \0 byte"}


def tell_what_cannot_be_stored(which: str) -> None:
    store(EmailMessage(UNSTORABLE[which], UNSTORABLE[which], "a@v.example", ["b@acme.example"]))


def raise_what_cannot_be_stored(_account: Account) -> None:
    raise RuntimeError("half a \ud83d, a \0 byte")


@pytest.mark.usefixtures("worker_is_another")
def test_one_statement_in_the_transaction_of_the_change(
    acme: Account, acme_owner: Membership
) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        after_commit(tell, acme, [acme_owner], 3, None)
    assert len(statements) == 1
    with transaction.atomic():
        after_commit(tell, acme)
        transaction.set_rollback(True)
    assert of_these_tests().count() == 1
    assert told == []


@pytest.mark.usefixtures("worker_is_another")
def test_a_notification_gets_what_is_stored_and_the_language_of_its_cause(
    acme: Account, acme_owner: Membership
) -> None:
    told.clear()
    with translation.override("de"):
        after_commit(tell, acme, [acme_owner], 3, None, "x")
    with translation.override("en"):
        outbox.deliver_due()
    assert told == [((acme, [acme_owner], 3, None, "x"), "de")]


@pytest.mark.usefixtures("worker_is_another")
def test_nobody_is_told_of_what_has_long_happened(acme: Account) -> None:
    with no_mail():
        after_commit(tell, acme)
    assert not of_these_tests().exists()


@pytest.mark.usefixtures("worker_is_another")
def test_all_mails_of_a_notification_or_none(acme: Account, mailoutbox: list[Any]) -> None:
    after_commit(tell_and_break, acme)
    outbox.deliver_due()
    assert of_these_tests().get().error == "RuntimeError: in the middle"
    after_commit(tell_two, acme)
    outbox.deliver_due()
    to_b = [mail.subject for mail in mailoutbox if mail.to == ["b@acme.example"]]
    assert to_b == [f"1 {acme.name}", f"2 {acme.name}"]


@pytest.mark.usefixtures("worker_is_another")
def test_what_it_tells_of_is_gone(db: None) -> None:
    user = User.objects.create_user("gone@acme.example", name="Gone")
    after_commit(tell, user)
    user.delete()
    outbox.deliver_due()
    assert of_these_tests().get().status == Status.GIVEN_UP


def test_what_has_arrived_is_not_kept(db: None, server: MailServer) -> None:
    entry = put("Hello")
    outbox.deliver_due()
    entry.refresh_from_db()
    assert server.subjects == ["Hello"]
    assert (entry.status, entry.payload) == (Status.DELIVERED, {})


def test_waits_grow_and_a_refusal_for_good_is_given_up_at_once(
    db: None, server: MailServer
) -> None:
    waits = [outbox.wait_after(tries) for tries in range(1, outbox.MAX_TRIES)]
    assert waits == sorted(waits)
    assert timedelta(hours=20) < sum(waits, timedelta()) < timedelta(hours=30)
    server.mood = REFUSES
    refused = put("For good")
    outbox.deliver_due()
    refused.refresh_from_db()
    assert (refused.status, refused.tries) == (Status.GIVEN_UP, 1)
    assert "nobody here" in refused.error


def test_a_server_that_says_later_is_asked_again_until_it_is_given_up(
    db: None, server: MailServer
) -> None:
    server.mood = LATER
    entry = put("Later")
    for tries in range(1, outbox.MAX_TRIES + 1):
        OutboxEntry.objects.update(due_at=entry.created_at)
        outbox.deliver_due()
        entry.refresh_from_db()
        assert entry.tries == tries
    assert entry.status == Status.GIVEN_UP
    server.mood = TAKES
    assert outbox.send_again(OutboxEntry.objects.all(), at=entry.created_at) == 1
    outbox.deliver_due()
    assert server.subjects == ["Later"]


def test_where_nobody_answers_the_others_keep_their_tries(db: None, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "core.smtp_backend.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for number in range(3):
        put(str(number))
    outbox.deliver_due()
    assert sorted(OutboxEntry.objects.values_list("tries", flat=True)) == [0, 0, 1]


def test_only_who_took_it_last_says_how_it_ended(db: None, mailoutbox: list[Any]) -> None:
    entry = put("Slow")
    channel = outbox.OutboxChannel(smtp.CHANNEL, deliver=lambda mine: lose(mine))

    def lose(mine: OutboxEntry) -> None:
        # The lease has run out meanwhile, and another worker has taken it.
        OutboxEntry.objects.filter(pk=mine.pk).update(due_at=mine.created_at)
        assert outbox.take(smtp.channel, mine.created_at)

    outbox.deliver_one(channel)
    entry.refresh_from_db()
    assert (entry.status, entry.tries) == (Status.WAITING, 2)


class KilledError(BaseException):
    """Ends a worker as nothing that a delivery may raise does."""


def test_what_kills_its_worker_is_given_up_and_keeps_no_other(
    db: None, mailoutbox: list[Any]
) -> None:
    def kill(entry: OutboxEntry) -> None:
        raise KilledError

    deadly, channel = put("Deadly"), outbox.OutboxChannel(smtp.CHANNEL, deliver=kill)
    for _number in range(outbox.MAX_TRIES):
        OutboxEntry.objects.update(due_at=deadly.created_at)
        with pytest.raises(KilledError):
            outbox.deliver_one(channel)
    OutboxEntry.objects.update(due_at=deadly.created_at)
    put("Harmless")
    outbox.deliver_due()
    deadly.refresh_from_db()
    assert (deadly.status, deadly.tries) == (Status.GIVEN_UP, outbox.MAX_TRIES)
    assert "died" in deadly.error
    assert [mail.subject for mail in mailoutbox] == ["Harmless"]


@pytest.mark.parametrize("which", UNSTORABLE)
@pytest.mark.usefixtures("worker_is_another")
def test_mails_that_no_database_can_store_are_noted_as_a_failure(acme: Account, which: str) -> None:
    """SQLite stores more than PostgreSQL, and half a character in no subject."""
    after_commit(tell_what_cannot_be_stored, which)
    for tries in range(1, outbox.MAX_TRIES + 1):
        of_these_tests().update(due_at=acme.created_at)
        outbox.deliver_due()
        entry = of_these_tests().get()
        if entry.status == Status.DELIVERED:
            break
        assert (entry.tries, entry.error != "") == (tries, True)
    stored = connection.vendor == "sqlite" and which == "byte"
    assert entry.status == (Status.DELIVERED if stored else Status.GIVEN_UP)


@pytest.mark.usefixtures("worker_is_another")
def test_an_error_that_no_database_can_store_is_noted_all_the_same(acme: Account) -> None:
    after_commit(raise_what_cannot_be_stored, acme)
    outbox.deliver_due()
    assert of_these_tests().get().error == r"RuntimeError: half a \ud83d, a \0 byte"


def test_the_admin_shows_what_was_given_up_and_sends_it_again(
    db: None, client_for: ClientFor, clock: Any
) -> None:
    root = User.objects.create_superuser("root@vendor.example", name="Root")
    entry = put("A secret link")
    OutboxEntry.objects.update(
        status=Status.GIVEN_UP, settled_at=entry.created_at, payload={"body": "https://secret"}
    )
    client, address = client_for(root), reverse("admin:core_outboxentry_changelist")
    assert "A secret link" in client.get(address).text
    page = client.get(reverse("admin:core_outboxentry_change", args=[entry.pk]))
    assert "https://secret" not in page.text
    answer = client.post(address, {"action": "send_again", "_selected_action": [entry.pk]})
    assert [str(said) for said in get_messages(answer.wsgi_request)] == [
        "1 message will be sent again."
    ]
    entry.refresh_from_db()
    assert entry.status == Status.WAITING


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Seat request opened", "Notification")),
     ("de", ("Lizenzanfrage gestellt", "Benachrichtigung"))],
)  # fmt: skip
def test_the_admin_says_in_words_what_goes_out(
    language: str, said: tuple[str, str], worker_is_another: None, client_for: ClientFor,
    initech_admin: Membership, initech_pool: SeatPool, root: User,
) -> None:  # fmt: skip
    """D11: the path stands on the page alone, for whoever looks for it in the log."""
    moves.ask(initech_pool, 1, by=initech_admin)
    root.language = language
    root.save()
    client = client_for(root)
    called = "subscriptions.notifications.requests.request_opened"
    entry = OutboxEntry.objects.get(summary=called)
    shown = client.get(reverse("admin:core_outboxentry_changelist"))
    page = client.get(reverse("admin:core_outboxentry_change", args=[entry.pk]))
    for words in said:
        assert words in text(shown)
        assert words in text(page)
    assert called not in shown.text
    assert called in text(page)


def test_the_admin_names_a_next_try_only_where_there_is_one(
    worker_is_another: None, db: None, client_for: ClientFor, root: User
) -> None:
    entry = put("Hello")
    client, page = client_for(root), reverse("admin:core_outboxentry_change", args=[entry.pk])
    assert "Next try" in text(client.get(page))
    OutboxEntry.objects.update(status=Status.DELIVERED, settled_at=entry.created_at)
    settled = text(client.get(page))
    assert "Next try" not in settled
    assert "Settled" in settled


def test_every_notification_is_called_something() -> None:
    """Whatever an action has sent, the admin lists it by a name."""
    functions = [
        function
        for module in (accounts.notifications, subscriptions.notifications, team.notifications)
        for name, function in vars(module).items()
        if callable(function) and not name.startswith("_")
        and ".notifications" in function.__module__
    ]  # fmt: skip
    # Not called by the outbox itself.
    helpers = {"tell_member", "tell_members"}
    paths = {path_of(f) for f in functions if f.__name__ not in helpers}
    assert len(paths) > 12
    assert [path for path in paths if in_words(path) == path] == []
