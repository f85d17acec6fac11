"""Seat requests: who asked for how many seats of which pool, and what became of it."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ids import MEMBER
from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant
from subscriptions.api.ids import ORDER, POOL, REQUEST
from subscriptions.api.views import RenewedApiView
from subscriptions.models import AddressedTo, RequestStatus, SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet


class RequesterSerializer(serializers.Serializer):
    """Who asked."""

    member = PublicIdField(MEMBER, source="pk")
    name = serializers.CharField()


class SeatRequestSerializer(serializers.Serializer):
    """Who asked for how many seats of a pool, and what became of it."""

    id = PublicIdField(REQUEST, source="pk")
    object = Constant("seat_request")
    pool = PublicIdField(POOL, source="pool_id")
    seats = serializers.IntegerField()
    reason = serializers.CharField()
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


class RequestsView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("list_requests", answer=SeatRequestSerializer, pages=True, query=RequestsSerializer)
    def get(self, request: Request) -> Response:
        """The requests of the account that the filters find, oldest first."""
        asked = self.query
        wanted: dict[str, Any] = {k: asked[k] for k in ("status", "pool") if k in asked}
        return CursorPages().answer(self.requests().filter(**wanted), SeatRequestSerializer, self)

    def requests(self) -> SeatRequestQuerySet:
        return SeatRequest.objects.of_account(self.account).with_details()


class RequestView(RequestsView):
    @operation("get_request", answer=SeatRequestSerializer)
    def get(self, request: Request, seat_request: str) -> Response:  # type: ignore[override]
        """One request."""
        found = row_of(self.requests(), REQUEST, seat_request)
        return Response(SeatRequestSerializer(found).data)
