"""D17: what happened arrives at a program, signed, at least once, whatever the program does."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from accounts.actions import rename
from accounts.models import AuditEntry, AuditKind, Event, Membership
from core import outbox
from core.api.ids import public_id
from core.credentials import Overlap
from core.models import OutboxEntry, Status
from core.outgoing import NOT_OF_THE_INTERNET, post
from events.actions import (
    change_endpoint,
    delete_endpoint,
    delivering,
    fan_out,
    rotate_secret,
    send_again,
    switch_off,
    switch_on,
)
from events.actions.delivering import channel, purge
from events.models import Attempt, Delivery, EndpointStatus, WebhookEndpoint
from tests.cast import NOW
from tests.events import hooks
from tests.receiver import Receiver


def the_delivery() -> Delivery:
    return Delivery.objects.select_related("entry", "endpoint").latest("pk")


def status_of(delivery: Delivery) -> Status:
    return Status(OutboxEntry.objects.get(webhook_delivery=delivery).status)


def test_an_event_arrives_signed_and_says_only_what_to_read(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    hooks.something_happens(acme_agent)
    event = Event.objects.latest("position")
    assert hooks.deliver_once()
    [received] = one.received
    said = received.checked_with(webhook.secret)
    member = public_id("mem", acme_agent.pk)
    assert said == json.loads(received.body)
    assert said == {
        "type": "member.renamed",
        "timestamp": "2026-11-23T12:00:00Z",
        "data": {
            "event": public_id("evt", event.pk),
            "object": "member",
            "id": member,
            "url": f"{django_settings.BASE_URL}/api/v1/members/{member}",
        },
    }
    assert received.headers["webhook-id"] == public_id("evt", event.pk)
    assert received.headers["Content-Type"] == "application/json"
    assert status_of(the_delivery()) == Status.DELIVERED
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == (204, "")


def test_who_has_another_secret_or_changes_a_byte_is_found_out(
    webhook: WebhookEndpoint, one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    [received] = one.received
    other = hooks.add(acme_owner)
    with pytest.raises(WebhookVerificationError):
        received.checked_with(other.secret)
    received.body = received.body.replace(b"renamed", b"removed")
    with pytest.raises(WebhookVerificationError):
        received.checked_with(webhook.secret)


def test_down_then_500_then_200_arrives_with_the_same_id(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    one.answers = [500, 503, 200]
    hooks.something_happens(acme_agent)
    for tries in (1, 2):
        before = timezone.now()
        assert hooks.deliver_once()
        entry = OutboxEntry.objects.get(webhook_delivery=the_delivery())
        assert (entry.status, entry.tries) == (Status.WAITING, tries)
        assert entry.due_at >= before + outbox.wait_after(tries)
        assert not hooks.deliver_once()
        hooks.due_now()
    assert hooks.deliver_once()
    assert status_of(the_delivery()) == Status.DELIVERED
    assert len({each.headers["webhook-id"] for each in one.received}) == 1
    for each in one.received:
        each.checked_with(webhook.secret)
    answered = Attempt.objects.order_by("pk").values_list("status", flat=True)
    assert list(answered) == [500, 503, 200]
    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.misses) == (None, 0)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 502])
def test_only_a_2xx_is_taken_for_a_yes(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, status: int
) -> None:
    one.answers, one.location = [status], one.url
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    assert len(one.received) == 1
    assert status_of(the_delivery()) == Status.WAITING


def test_a_key_in_the_address_is_in_no_log(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, caplog: Any
) -> None:
    WebhookEndpoint.objects.update(url=f"{one.url}?key=hidden-key")
    one.answers = [500]
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    assert one.received[0].path == "/hook?key=hidden-key"
    assert "Later again" in caplog.text
    assert "hidden-key" not in caplog.text


def test_a_delivery_is_tried_over_three_days_and_then_given_up_in_the_open(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    one.answers = [500]
    hooks.something_happens(acme_agent)
    waits = sum((outbox.wait_after(n) for n in range(1, channel.max_tries)), timedelta())
    assert timedelta(days=3) < waits < timedelta(days=3, hours=6)
    for _ in range(channel.max_tries):
        hooks.due_now()
        assert hooks.deliver_once()
    hooks.due_now()
    assert not hooks.deliver_once()
    assert status_of(the_delivery()) == Status.GIVEN_UP
    assert len(one.received) == channel.max_tries


def test_the_answer_is_kept_as_far_as_it_is_shown_and_whatever_is_in_it(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    one.answers, one.body = [500], b"\0\xff<b>no</b>" + b"x" * 100_000
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    answer = Attempt.objects.get().answer
    assert answer.startswith("\\0�<b>no</b>xxx")
    assert len(answer) == 2000


def test_while_two_secrets_are_valid_each_of_them_checks(
    webhook: WebhookEndpoint, one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    old = webhook.secret
    row = rotate_secret(
        endpoint=webhook, overlap=Overlap.DAY, idempotency_key="", by=acme_owner,
        at=timezone.now(),
    )  # fmt: skip
    hooks.something_happens(acme_agent)
    for _ in range(2):
        hooks.deliver_once()
    for received in one.received:
        received.checked_with(old)
        received.checked_with(row.secret)
    WebhookEndpoint.objects.update(previous_until=timezone.now())
    hooks.something_happens(acme_agent, "Once More")
    hooks.deliver_once()
    one.received[-1].checked_with(row.secret)
    with pytest.raises(WebhookVerificationError):
        one.received[-1].checked_with(old)


# An endpoint that does not answer


@pytest.fixture
def down(webhook: WebhookEndpoint) -> WebhookEndpoint:
    """Nobody listens there any more."""
    WebhookEndpoint.objects.update(url="http://127.0.0.1:9/")
    webhook.refresh_from_db()
    return webhook


def test_who_does_not_answer_is_left_alone_and_the_others_are_not_kept_waiting(
    down: WebhookEndpoint, one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    hooks.add(acme_owner, one.url, ["member.renamed"])
    for number in range(5):
        hooks.something_happens(acme_agent, f"Name {number}")
    while hooks.deliver_once():
        pass
    assert len(one.received) == 5
    tried = Attempt.objects.filter(delivery__endpoint=down)
    assert tried.count() == 1
    assert "ConnectionRefusedError" in tried.get().error
    waiting = OutboxEntry.objects.about([down]).filter(status=Status.WAITING)
    assert sum(waiting.values_list("tries", flat=True)) == 1
    down.refresh_from_db()
    assert down.rest_until is not None
    assert all(due >= down.rest_until for due in waiting.values_list("due_at", flat=True))


def test_after_a_rest_one_tries_and_once_it_answers_all_go(
    down: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    for number in range(4):
        hooks.something_happens(acme_agent, f"Name {number}")
    for misses in (1, 2, 3):
        hooks.due_now()
        while hooks.deliver_once():
            pass
        down.refresh_from_db()
        assert down.misses == misses
    assert Attempt.objects.count() == 3
    WebhookEndpoint.objects.update(url=one.url)
    hooks.due_now()
    while hooks.deliver_once():
        pass
    assert len(one.received) == 4
    down.refresh_from_db()
    assert (down.misses, down.failing_since) == (0, None)


def test_who_answers_slowly_rests_too_and_is_not_failing(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, monkeypatch: Any
) -> None:
    monkeypatch.setattr(delivering, "_SLOW", 0)
    for number in range(3):
        hooks.something_happens(acme_agent, f"Name {number}")
    while hooks.deliver_once():
        # Its rest is shorter than the test is quick.
        WebhookEndpoint.objects.update(rest_until=timezone.now() + timedelta(minutes=1))
    assert len(one.received) == 1
    webhook.refresh_from_db()
    assert (webhook.misses, webhook.failing_since, webhook.is_on) == (1, None, True)
    monkeypatch.undo()
    hooks.due_now()
    while hooks.deliver_once():
        pass
    assert len(one.received) == 3
    webhook.refresh_from_db()
    assert webhook.misses == 0


def test_what_the_old_address_answered_is_not_held_against_the_new_one(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, acme_owner: Membership,
    monkeypatch: Any,
) -> None:  # fmt: skip
    one.answers = [410, 204]

    def moved_meanwhile(url: str, *args: Any) -> Any:
        answer = post(url, *args)
        moved = {"url": f"{one.url}/new"}
        change_endpoint(endpoint=webhook, changes=moved, by=acme_owner, at=NOW)
        return answer

    hooks.something_happens(acme_agent)
    monkeypatch.setattr(delivering, "post", moved_meanwhile)
    hooks.deliver_once()
    monkeypatch.undo()
    webhook.refresh_from_db()
    assert webhook.is_on
    hooks.due_now()
    hooks.deliver_once()
    assert [each.path for each in one.received] == ["/hook", "/hook/new"]


def test_a_rest_is_never_longer_than_an_hour(down: WebhookEndpoint, acme_agent: Membership) -> None:
    WebhookEndpoint.objects.update(misses=40, rest_until=NOW)
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    down.refresh_from_db()
    assert down.rest_until is not None
    assert timedelta(0) < down.rest_until - timezone.now() <= timedelta(hours=1)


def test_a_name_that_leads_inside_is_not_connected_to_and_the_log_says_why(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = False
    WebhookEndpoint.objects.update(url=f"https://localhost:{one.port}/")
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    assert (one.received, Attempt.objects.get().error) == ([], NOT_OF_THE_INTERNET)


# Switched off


def fail_since(webhook: WebhookEndpoint, ago: timedelta, last: timedelta) -> None:
    now = timezone.now()
    WebhookEndpoint.objects.filter(pk=webhook.pk).update(
        failing_since=now - ago, failed_at=now - last
    )


def test_after_five_days_of_failures_it_is_switched_off_and_the_owner_told(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, settings: Any
) -> None:
    settings.OUTBOX = "worker"
    one.answers = [500]
    hooks.something_happens(acme_agent, "First")
    hooks.something_happens(acme_agent, "Second")
    fail_since(webhook, timedelta(days=5), timedelta(hours=6))
    hooks.deliver_once()
    webhook.refresh_from_db()
    assert webhook.status == EndpointStatus.FAILED
    assert not hooks.deliver_once()
    statuses = OutboxEntry.objects.about([webhook]).values_list("status", flat=True)
    assert set(statuses) == {Status.GIVEN_UP}
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.command) == (AuditKind.WEBHOOK_SWITCHED_OFF, "deliver_outbox")
    outbox.deliver_due()
    [told] = mail.outbox
    assert told.to == ["owner@acme.example"]
    assert "Every delivery" in told.body
    assert f"/a/acme/webhooks/{webhook.pk}/" in told.body


def test_one_success_within_the_five_days_and_it_stays_on(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    fail_since(webhook, timedelta(days=6), timedelta(hours=6))
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    one.answers = [500]
    hooks.something_happens(acme_agent, "Once More")
    hooks.deliver_once()
    webhook.refresh_from_db()
    assert webhook.is_on


def test_a_day_without_a_failure_begins_the_five_days_anew(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    one.answers = [500]
    fail_since(webhook, timedelta(days=20), timedelta(days=2))
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    webhook.refresh_from_db()
    assert webhook.is_on
    assert webhook.failing_since is not None
    assert timezone.now() - webhook.failing_since < timedelta(hours=1)


def test_who_answers_410_is_told_nothing_more(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, settings: Any
) -> None:
    settings.OUTBOX = "worker"
    one.answers = [410]
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    webhook.refresh_from_db()
    assert webhook.status == EndpointStatus.GONE
    assert status_of(the_delivery()) == Status.GIVEN_UP
    outbox.deliver_due()
    assert "410 Gone" in mail.outbox[0].body


def test_switched_off_it_is_told_nothing_and_on_again_what_happens_from_then_on(
    webhook: WebhookEndpoint, one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    hooks.something_happens(acme_agent, "Waits")
    switch_off(endpoint=webhook, by=acme_owner, at=NOW)
    assert status_of(the_delivery()) == Status.GIVEN_UP
    hooks.something_happens(acme_agent, "Meanwhile")
    assert not hooks.deliver_once()
    switch_on(endpoint=webhook, by=acme_owner, at=NOW)
    hooks.something_happens(acme_agent, "Afterwards")
    while hooks.deliver_once():
        pass
    types = [each.checked_with(webhook.secret)["type"] for each in one.received]
    assert types == ["webhook_endpoint.switched_on", "member.renamed"]


def test_what_happened_before_is_no_news_even_if_nobody_passed_it_on_yet(
    one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    """The worker was down, or it is the first webhook; and a late renewal is dated back."""
    early = NOW - timedelta(hours=1)
    rename(membership=acme_agent, name="Before", by=acme_agent, at=early)
    endpoint = hooks.add(acme_owner, one.url, ["member.renamed"])
    rename(membership=acme_agent, name="Dated Back", by=acme_agent, at=early)
    while fan_out():
        pass
    switch_off(endpoint=endpoint, by=acme_owner, at=NOW)
    rename(membership=acme_agent, name="Meanwhile", by=acme_agent, at=NOW)
    switch_on(endpoint=endpoint, by=acme_owner, at=NOW + timedelta(minutes=1))
    rename(membership=acme_agent, name="Now", by=acme_agent, at=NOW + timedelta(minutes=2))
    while fan_out():
        pass
    renamed = Event.objects.filter(type="member.renamed").order_by("pk")
    _before, dated_back, _meanwhile, now = renamed
    told = Delivery.objects.order_by("pk").values_list("event", flat=True)
    assert list(told) == [dated_back.pk, now.pk]


def test_what_was_given_up_can_be_sent_again(
    webhook: WebhookEndpoint, one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    hooks.something_happens(acme_agent)
    lost = the_delivery()
    outbox.give_up(OutboxEntry.objects.all(), "Too late.", at=NOW)
    send_again(delivery=lost, by=acme_owner, at=NOW)
    assert hooks.deliver_once()
    assert status_of(lost) == Status.DELIVERED
    # What has arrived as well, under the same id.
    send_again(delivery=lost, by=acme_owner, at=NOW)
    assert hooks.deliver_once()
    first, second = one.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


def test_deleted_it_is_told_nothing_and_its_secret_is_gone(
    webhook: WebhookEndpoint, one: Receiver, acme_owner: Membership, acme_agent: Membership
) -> None:
    hooks.something_happens(acme_agent)
    delete_endpoint(endpoint=webhook, by=acme_owner, at=NOW)
    hooks.something_happens(acme_agent, "Afterwards")
    assert not hooks.deliver_once()
    assert one.received == []
    webhook.refresh_from_db()
    assert webhook.encrypted_secret == ""


def test_a_secret_that_cannot_be_read_any_more_is_said(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership, settings: Any
) -> None:
    hooks.something_happens(acme_agent)
    settings.SECRET_KEY = "another one"
    hooks.deliver_once()
    entry = OutboxEntry.objects.get(webhook_delivery=the_delivery())
    assert entry.status == Status.GIVEN_UP
    assert "SECRET_KEY_FALLBACKS" in entry.error
    assert one.received == []


def test_what_was_given_up_is_kept_for_thirty_days_and_what_arrived_as_well(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    hooks.something_happens(acme_agent)
    hooks.deliver_once()
    hooks.something_happens(acme_agent, "Given Up")
    outbox.give_up(OutboxEntry.objects.all(), "Too late.", at=timezone.now())
    later = timezone.now() + timedelta(days=29)
    assert (purge(at=later), outbox.purge(at=later), Delivery.objects.count()) == (0, 0, 2)
    later += timedelta(days=2)
    purge(at=later)
    outbox.purge(at=later)
    assert (Delivery.objects.count(), Attempt.objects.count()) == (0, 0)


def test_the_worker_fans_out_and_delivers_by_itself(
    webhook: WebhookEndpoint, one: Receiver, acme_agent: Membership
) -> None:
    rename(membership=acme_agent, name="Somebody", by=acme_agent, at=NOW)
    outbox.deliver_due()
    assert [each.checked_with(webhook.secret)["type"] for each in one.received] == [
        "member.renamed"
    ]
    assert fan_out() == 0
