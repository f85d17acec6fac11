"""Webhooks and what was sent to them, as their pages show it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext

from accounts.models import Account
from core.models import Status
from events.models import Attempt, Delivery, WebhookEndpoint
from events.selectors.types import LABELS, Label

PAGE_SIZE = 25


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery, how it stands, and how its last try ended, if there was one."""

    delivery: Delivery
    label: Label
    status: Status
    next_try_at: datetime | None
    answered: int | None
    error: str


@dataclass(frozen=True)
class DeliveryPage:
    """Some deliveries, the newest first; `older` says before which one to go on, if any."""

    rows: list[DeliveryRow]
    older: int | None


def webhooks_of(account: Account) -> QuerySet[WebhookEndpoint]:
    """Those that are not deleted, the newest first."""
    found = WebhookEndpoint.objects.of_account(account)
    return found.select_related("account", "made_by__user")


def event_labels(endpoint: WebhookEndpoint) -> list[Label]:
    """What it is told, in words; empty where it is told everything."""
    return [LABELS.get(each, each) for each in endpoint.event_types or []]


def deliveries_of(endpoint: WebhookEndpoint, status: str, before: int | None) -> DeliveryPage:
    """A page of an endpoint's deliveries; of the ones with a status, if it is not empty."""
    found = endpoint.deliveries.select_related("entry").order_by("-pk")
    if status in Status:
        found = found.filter(entry__status=status)
    if before:
        found = found.filter(pk__lt=before)
    last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
    found = found.annotate(
        answered=Subquery(last.values("status")[:1]), failure=Subquery(last.values("error")[:1])
    )
    some = list(found[: PAGE_SIZE + 1])
    older = some[PAGE_SIZE - 1].pk if len(some) > PAGE_SIZE else None
    rows = [delivery_row(each, each.answered, each.failure or "") for each in some[:PAGE_SIZE]]
    return DeliveryPage(rows, older)


def delivery_row(delivery: Delivery, answered: int | None, error: str) -> DeliveryRow:
    """A delivery whose last try is known."""
    entry = delivery.entry
    return DeliveryRow(
        delivery=delivery,
        label=LABELS.get(delivery.type, delivery.type),
        status=Status(entry.status),
        next_try_at=entry.due_at if entry.status == Status.WAITING else None,
        answered=answered,
        error=gettext(error) if error else "",
    )
