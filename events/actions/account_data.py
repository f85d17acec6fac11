"""What this app holds about an account: to be handed out, and erased when it is closed."""

from collections.abc import Iterator
from datetime import datetime

from accounts.actors import By
from accounts.models import Account, Event
from core import outbox
from core.exports import Section, rows_of
from core.models import OutboxEntry
from events.models import Attempt, EndpointStatus, WebhookEndpoint

_SECRETS = ("encrypted_secret", "encrypted_previous_secret")
_NOWHERE = "https://erased.invalid/"


def check_closable(account: Account, at: datetime) -> None:
    """Nothing here stands against it."""


def sections(account: Account) -> Iterator[Section]:
    """The webhooks, without their secrets, and what programs were told."""
    yield "webhooks", rows_of(WebhookEndpoint.objects.filter(account=account), _SECRETS)
    yield "events", rows_of(Event.objects.filter(account=account))


def erase(account: Account, *, by: By, at: datetime) -> None:
    """Every webhook is deleted; addresses may hold keys, and so may what was answered."""
    endpoints = list(WebhookEndpoint.objects.filter(account=account))
    outbox.discard(OutboxEntry.objects.about(endpoints), at=at)
    Attempt.objects.filter(delivery__endpoint__in=endpoints).update(answer="", error="")
    for endpoint in endpoints:
        is_new = endpoint.status != EndpointStatus.DELETED
        endpoint.status_since = at if is_new else endpoint.status_since
        endpoint.status, endpoint.url = EndpointStatus.DELETED, _NOWHERE
        endpoint.encrypted_secret = endpoint.encrypted_previous_secret = ""
        endpoint.save()
