"""Which rows say who acted and through what, and what must be so of each (D18)."""

from django.apps import apps
from django.db import models

from accounts.models import Channel
from accounts.models.channels import ThroughChannel
from subscriptions.models import Order, SeatRequest

ROWS: list[type[models.Model]] = [
    model for model in apps.get_models() if issubclass(model, ThroughChannel)
]


def through(row: models.Model) -> tuple[str, str]:
    return row.channel, row.command  # type: ignore[attr-defined]


def everything_names_its_actor() -> None:
    """Every row of every model with history, and every request."""
    for model in ROWS:
        for row in model._default_manager.all():
            user = row.placed_by if isinstance(row, Order) else row.by  # type: ignore[attr-defined]
            channel, command = through(row)
            assert channel in Channel
            assert (channel == "system") is (user is None) is bool(command)
            assert (channel == "api") is (row.token is not None)  # type: ignore[attr-defined]
    for asked in SeatRequest.objects.all():
        assert asked.requested_through in Channel
        assert (asked.closed_through in Channel) is not asked.is_open
        assert (asked.requested_through == "api") is (asked.requested_token is not None)
        assert (asked.closed_through == "api") is (asked.closed_token is not None)
