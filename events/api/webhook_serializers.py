"""What is said about webhooks and their deliveries, and what can be asked of them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.ids import MEMBER
from core.api.ids import PublicIdField, public_id
from core.api.pages import PageSerializer
from core.api.serializers import Constant, Flag, StrictSerializer, Text
from core.credentials import Overlap
from core.models import Status
from events.ids import DELIVERY, ENDPOINT, EVENT
from events.models import Delivery, EndpointStatus, WebhookEndpoint
from events.selectors.types import TYPES

_TYPES_HELP = "Null: everything, and what is added later."
_EXAMPLE_BODY = (
    '{"type": "pool.seats_bought", "timestamp": "2026-11-23T12:00:00Z", "data": '
    f'{{"event": "{public_id(EVENT, 42)}", "object": "pool", "id": "{public_id("pool", 1)}", '
    f'"url": "https://seats.example.com/api/v1/pools/{public_id("pool", 1)}"}}}}'
)


class EndpointSerializer(serializers.Serializer):
    """An address that is told what happens."""

    id = PublicIdField(ENDPOINT, source="pk")
    object = Constant("webhook_endpoint")
    url = serializers.CharField()
    event_types = serializers.ListField(
        child=serializers.ChoiceField(TYPES), allow_null=True, help_text=_TYPES_HELP
    )
    status = serializers.ChoiceField(
        [each for each in EndpointStatus if each != EndpointStatus.DELETED],
        help_text="`failed` after five days of failures, `gone` after an answer of 410.",
    )
    status_since_at = serializers.DateTimeField(source="status_since")
    failing_since_at = serializers.DateTimeField(
        source="failing_since", allow_null=True, help_text="Since then nothing has arrived."
    )
    created_at = serializers.DateTimeField(source="made_at")
    created_by = PublicIdField(MEMBER, source="made_by_id")
    secret_rotated_at = serializers.DateTimeField(source="rotated_at", allow_null=True)
    previous_secret_until_at = serializers.DateTimeField(
        source="previous_until", allow_null=True, help_text="Until then, it signs as well."
    )
    example: ClassVar[dict[str, Any]] = {
        "id": public_id(ENDPOINT, 1),
        "object": "webhook_endpoint",
        "url": "https://example.com/seats",
        "event_types": ["pool.seats_bought", "member.removed"],
        "status": "on",
        "status_since_at": "2026-11-23T12:00:00Z",
        "failing_since_at": None,
        "created_at": "2026-11-23T12:00:00Z",
        "created_by": public_id(MEMBER, 1),
        "secret_rotated_at": None,
        "previous_secret_until_at": None,
    }


class EndpointWithSecretSerializer(EndpointSerializer):
    """With the secret that checks signatures: in the answer that makes it, nowhere else."""

    secret = serializers.CharField(help_text="For a library of Standard Webhooks.")
    example: ClassVar[dict[str, Any]] = {
        **EndpointSerializer.example,
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
    }


class NewEndpointSerializer(StrictSerializer):
    """Where to send what happens, and what of it."""

    url = Text(
        max_length=WebhookEndpoint._meta.get_field("url").max_length,
        help_text="Begins with https://.",
    )
    event_types = serializers.ListField(
        child=serializers.ChoiceField(TYPES),
        allow_null=True,
        required=False,
        max_length=len(TYPES),
        help_text=_TYPES_HELP,
    )
    example: ClassVar[dict[str, Any]] = {
        "url": "https://example.com/seats",
        "event_types": ["pool.seats_bought", "member.removed"],
    }


class ChangeEndpointSerializer(NewEndpointSerializer):
    """What to change; what is left out stays."""

    enabled = Flag(required=False, help_text="False: nothing more is sent until it is true again.")
    example: ClassVar[dict[str, Any]] = {"event_types": None, "enabled": True}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].required = False


class RotateSerializer(StrictSerializer):
    """For how many hours the secret before signs as well."""

    overlap_hours = serializers.ChoiceField(
        [each.value for each in Overlap], help_text="0: from now on, only the new one signs."
    )
    example: ClassVar = {"overlap_hours": 24}


class AttemptSerializer(serializers.Serializer):
    """One try."""

    at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    status = serializers.IntegerField(
        allow_null=True, help_text="What was answered; null where nothing was."
    )
    answer = serializers.CharField(help_text="The first 2,000 characters.")
    error = serializers.CharField(help_text="Why there was no answer.")


class DeliverySerializer(serializers.Serializer):
    """An event on its way to an endpoint, or a test."""

    id = PublicIdField(DELIVERY, source="pk")
    object = Constant("delivery")
    webhook_endpoint = PublicIdField(ENDPOINT, source="endpoint_id")
    type = serializers.CharField()
    event = PublicIdField(EVENT, source="event_id", allow_null=True, help_text="Null: a test.")
    message_id = serializers.CharField(help_text="The header webhook-id, the same at every try.")
    status = serializers.ChoiceField(Status.choices, source="entry.status")
    tries = serializers.IntegerField(source="entry.tries")
    next_try_at = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    example: ClassVar[dict[str, Any]] = {
        "id": public_id(DELIVERY, 1),
        "object": "delivery",
        "webhook_endpoint": public_id(ENDPOINT, 1),
        "type": "pool.seats_bought",
        "event": public_id(EVENT, 42),
        "message_id": public_id(EVENT, 42),
        "status": "waiting",
        "tries": 1,
        "next_try_at": "2026-11-23T12:00:15Z",
        "created_at": "2026-11-23T12:00:00Z",
    }

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_try_at(self, delivery: Delivery) -> str | None:
        entry = delivery.entry
        is_waiting = entry.status == Status.WAITING
        return serializers.DateTimeField().to_representation(entry.due_at) if is_waiting else None


class WholeDeliverySerializer(DeliverySerializer):
    """With what was sent, and every try."""

    body = serializers.CharField(help_text="What is sent, as it is signed.")
    attempts = AttemptSerializer(many=True, source="attempts.all")
    example: ClassVar[dict[str, Any]] = {
        **DeliverySerializer.example,
        "body": _EXAMPLE_BODY,
        "attempts": [
            {
                "at": "2026-11-23T12:00:01Z",
                "milliseconds": 87,
                "status": 500,
                "answer": "Internal Server Error",
                "error": "",
            }
        ],
    }


class DeliveriesSerializer(PageSerializer):
    """The filters of the log."""

    webhook_endpoint = PublicIdField(ENDPOINT, required=False)
    status = serializers.ChoiceField(Status.choices, required=False)
