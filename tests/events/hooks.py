"""What the tests of webhooks do over and over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from accounts.actions import rename
from accounts.models import Membership
from core import outbox
from core.models import OutboxEntry, Status
from events.actions import add_endpoint, fan_out
from events.actions.delivering import channel
from events.models import WebhookEndpoint
from tests.cast import NOW


def add(
    by: Membership, url: str = "https://hooks.example/acme", types: Sequence[str] | None = None
) -> WebhookEndpoint:
    return add_endpoint(url=url, event_types=types, idempotency_key=uuid4().hex, by=by, at=NOW)


def nothing_waits() -> None:
    """As if everything so far had been delivered."""
    OutboxEntry.objects.all().delete()


def something_happens(member: Membership, name: str = "Somebody Else") -> None:
    """One event about a member, with the deliveries that follow from it."""
    rename(membership=member, name=name, by=member, at=NOW)
    while fan_out():
        pass


def deliver_once() -> bool:
    """One try of what is due; whether there was one."""
    return outbox.deliver_one(channel)


def due_now(at: datetime | None = None) -> None:
    """As if the waits were over."""
    waiting = OutboxEntry.objects.filter(status=Status.WAITING)
    waiting.update(due_at=at or NOW - timedelta(days=9))
    WebhookEndpoint.objects.filter(misses__gt=0).update(rest_until=at or NOW - timedelta(days=9))
