"""From events to deliveries: each event once to every webhook that wants it (D17, D19)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import number_events
from accounts.models import Event
from core.api.ids import public_id
from core.models import OutboxEntry, reference
from events.ids import EVENT
from events.models import Delivery, FanOut, WebhookEndpoint
from events.resources import id_of, path_of

CHANNEL = "webhook"
_AT_ONCE = 500
_THE_ROW = 1


def fan_out() -> int:
    """Make the deliveries of the next events; how many events that were, 0 when none is left.

    Which events are done is stored with their deliveries, under a lock: a worker that dies
    leaves both or neither, and any number of workers make each delivery once. Not inside a
    transaction, as `number_events`.
    """
    number_events()
    row = FanOut.objects.filter(pk=_THE_ROW).first() or FanOut()
    if not Event.objects.filter(position__gt=row.position).exists():
        return 0
    with transaction.atomic():
        FanOut.objects.get_or_create(pk=_THE_ROW)
        row = FanOut.objects.select_for_update().get(pk=_THE_ROW)
        following = Event.objects.filter(position__gt=row.position).order_by("position")
        events = list(following[:_AT_ONCE])
        if events:
            _store(_wanted(events))
            row.position = events[-1].position or 0
            row.save(update_fields=["position"])
    return len(events)


def _wanted(events: Sequence[Event]) -> Iterable[tuple[WebhookEndpoint, Event]]:
    """Which endpoint is to be told of which of the events."""
    accounts = {event.account_id for event in events}
    endpoints = defaultdict(list)
    for endpoint in WebhookEndpoint.objects.on().filter(account__in=accounts).order_by("pk"):
        endpoints[endpoint.account_id].append(endpoint)
    for event in events:
        for endpoint in endpoints[event.account_id]:
            if endpoint.wants(event):
                yield endpoint, event


def _store(wanted: Iterable[tuple[WebhookEndpoint, Event]]) -> None:
    now = timezone.now()
    deliveries = [
        Delivery(
            endpoint=endpoint,
            event=event,
            type=event.type,
            message_id=public_id(EVENT, event.pk),
            body=body_of(event),
            created_at=now,
        )
        for endpoint, event in wanted
    ]
    store_deliveries(deliveries)


def store_deliveries(deliveries: Sequence[Delivery]) -> None:
    """Store deliveries, and what the worker finds of each in the outbox."""
    entries = OutboxEntry.objects.bulk_create(_entry_of(each) for each in deliveries)
    for delivery, entry in zip(deliveries, entries, strict=True):
        delivery.entry = entry
    Delivery.objects.bulk_create(deliveries)


def body_of(event: Event) -> str:
    """What is sent of an event: what happened, when, and where to read it; nothing else.

    Who may read it, the token decides with which it is read.
    """
    path = path_of(event)
    data = {
        "event": public_id(EVENT, event.pk),
        "object": event.object,
        "id": id_of(event),
        "url": settings.BASE_URL + path if path else None,
    }
    return message(event.type, event.at, data)


def message(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """A body in the form of Standard Webhooks; the moment in UTC."""
    timestamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": timestamp, "data": data})


def _entry_of(delivery: Delivery) -> OutboxEntry:
    endpoint = delivery.endpoint
    return OutboxEntry(
        channel=CHANNEL,
        summary=f"{delivery.type} {delivery.message_id}",
        # Not all of the address: it may hold a key, and this is written to the log.
        receiver=endpoint.host[:254],
        subject=reference(endpoint),
        payload={},
        due_at=delivery.created_at,
    )
