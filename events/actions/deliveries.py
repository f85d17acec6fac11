"""What a person does with deliveries: send a test, or send one again (D17)."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.actions.idempotency import claim, finish
from accounts.actors import By, actor_of
from core import outbox
from core.models import OutboxEntry
from events import errors
from events.actions.endpoints import locked_endpoint
from events.actions.fan_out import message, store_deliveries
from events.models import Delivery, WebhookEndpoint

TEST = "webhook_endpoint.test"


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint, idempotency_key: str, by: By, at: datetime) -> Delivery:
    """Send something that means nothing, signed as everything else.

    The same form again sends nothing (D6). Raises ValidationError `not_allowed`,
    `switched_off`, `used_form`.
    """
    content = {"endpoint": endpoint.pk}
    form = claim("send_test", content, key=idempotency_key, by=actor_of(by), at=at)
    if form.results:
        return Delivery.objects.get(pk=form.results[0])
    row = _on(endpoint, by)
    delivery = Delivery(
        endpoint=row,
        type=TEST,
        message_id=f"test_{uuid4().hex}",
        body=message(TEST, at, {}),
        created_at=at,
    )
    store_deliveries([delivery])
    _wake(row, at)
    finish(form, [delivery])
    return delivery


@transaction.atomic
def send_again(*, delivery: Delivery, by: By, at: datetime) -> Delivery:
    """Try a delivery now, whatever became of it, and as often as one that is new.

    Its id stays, so that a receiver that has it can tell. Raises ValidationError
    `not_allowed`, `switched_off`.
    """
    row = _on(delivery.endpoint, by)
    outbox.retry(OutboxEntry.objects.filter(webhook_delivery=delivery), at=at)
    _wake(row, at)
    return Delivery.objects.select_related("endpoint", "entry", "event").get(pk=delivery.pk)


def _on(endpoint: WebhookEndpoint, by: By) -> WebhookEndpoint:
    row = locked_endpoint(endpoint, by)
    if not row.is_on:
        raise errors.SWITCHED_OFF.error()
    return row


def _wake(row: WebhookEndpoint, at: datetime) -> None:
    """Let an endpoint that did not answer be tried now: somebody waits for it."""
    if row.misses:
        row.rest_until = at
        row.save(update_fields=["rest_until"])
