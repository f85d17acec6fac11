"""What is said about seat requests, and what can be asked of them."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.ids import MEMBER
from core.api.ids import PublicIdField, public_id
from core.api.pages import PageSerializer
from core.api.serializers import Constant, Flag, Number, StrictSerializer, Text
from subscriptions.api.ids import ORDER, POOL, REQUEST
from subscriptions.api.quotes import QuoteSerializer
from subscriptions.models import AddressedTo, RequestStatus, SeatRequest

_LONGEST_TEXT = 1000


class RequesterSerializer(serializers.Serializer):
    """Who asked."""

    member = PublicIdField(MEMBER, source="pk")
    name = serializers.CharField()


class PartSerializer(serializers.Serializer):
    """What one member asks for in a request."""

    requested_by = RequesterSerializer()
    requested_at = serializers.DateTimeField()
    seats = serializers.IntegerField()
    reason = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was taken out of a request that stayed open."
    )


class SeatRequestSerializer(serializers.Serializer):
    """Who asked for how many seats of a pool, and what became of it."""

    id = PublicIdField(REQUEST, source="pk")
    object = Constant("seat_request")
    pool = PublicIdField(POOL, source="pool_id")
    seats = serializers.IntegerField(help_text="The sum of the parts that are not withdrawn.")
    reason = serializers.CharField(help_text="Of whoever opened it.")
    parts = PartSerializer(many=True)
    needed_by = serializers.DateField(allow_null=True)
    addressed_to = serializers.ChoiceField(AddressedTo.choices)
    status = serializers.ChoiceField(RequestStatus.choices)
    requested_by = RequesterSerializer()
    requested_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.SerializerMethodField()
    note = serializers.CharField(help_text="What was said with the decision.")
    order = PublicIdField(
        ORDER, source="order_id", allow_null=True, help_text="What its approval bought."
    )
    example: ClassVar = {
        "id": public_id(REQUEST, 1),
        "object": "seat_request",
        "pool": public_id(POOL, 1),
        "seats": 2,
        "reason": "Two people join us in January.",
        "parts": [
            {
                "requested_by": {"member": public_id(MEMBER, 3), "name": "Grace Hopper"},
                "requested_at": "2026-11-23T12:00:00Z",
                "seats": 2,
                "reason": "Two people join us in January.",
                "withdrawn_at": None,
            }
        ],
        "needed_by": "2027-01-04",
        "addressed_to": "buyers",
        "status": "open",
        "requested_by": {"member": public_id(MEMBER, 3), "name": "Grace Hopper"},
        "requested_at": "2026-11-23T12:00:00Z",
        "closed_at": None,
        "decided_by": None,
        "note": "",
        "order": None,
    }

    def get_decided_by(self, asked: SeatRequest) -> str | None:
        return asked.decider or None


class RequestsSerializer(PageSerializer):
    """The filters of the list of requests."""

    status = serializers.ChoiceField(RequestStatus.choices, required=False)
    pool = PublicIdField(POOL, required=False)


class NewRequestSerializer(StrictSerializer):
    """How many seats more of one pool, and why."""

    pool = PublicIdField(POOL)
    seats = Number(help_text="How many more.")
    reason = Text(max_length=_LONGEST_TEXT, help_text="Whoever decides reads it.")
    needed_by = serializers.DateField(required=False, allow_null=True)
    example: ClassVar = {
        "pool": public_id(POOL, 1),
        "seats": 2,
        "reason": "Two people join us in January.",
        "needed_by": "2027-01-04",
    }


class JoinSerializer(StrictSerializer):
    """How many seats more than are requested already, and why."""

    seats = Number(help_text="How many more.")
    reason = Text(max_length=_LONGEST_TEXT, help_text="Whoever decides reads it.")
    example: ClassVar = {"seats": 1, "reason": "One more moves over from Sales."}


class ApprovalSerializer(StrictSerializer):
    """That the quote of the request is agreed to."""

    fingerprint = Text(max_length=64, help_text="Of the quote of the request.")
    confirmed = Flag(
        required=False, help_text="Whether the question of the quote, if it has one, is answered."
    )
    note = Text(
        required=False, allow_blank=True, max_length=_LONGEST_TEXT,
        help_text="The requester reads it.",
    )  # fmt: skip
    example: ClassVar = {"fingerprint": QuoteSerializer.example["fingerprint"]}


class DeclineSerializer(StrictSerializer):
    """Why not."""

    note = Text(max_length=_LONGEST_TEXT, help_text="Everyone who asked reads it.")
    seats = Number(
        required=False,
        help_text="How many were asked for when you read it: stale if somebody joined since.",
    )
    example: ClassVar[dict[str, Any]] = {"note": "We have seats left in Support.", "seats": 2}
