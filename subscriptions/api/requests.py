"""Seat requests: who asked for how many seats of which pool, and what became of it."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ids import MEMBER
from accounts.permissions import Scope
from core import errors
from core.api.ids import PublicIdField, number_of, public_id
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant, StrictSerializer, filtered
from subscriptions.api.ids import ORDER, POOL, REQUEST
from subscriptions.api.views import SubscribedApiView
from subscriptions.models import AddressedTo, RequestStatus, SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet


class RequestSerializer(serializers.Serializer):
    id = PublicIdField(REQUEST, source="pk")
    object = Constant("seat_request")
    pool = PublicIdField(POOL, source="pool_id")
    seats = serializers.IntegerField()
    reason = serializers.CharField()
    needed_by = serializers.DateField(allow_null=True)
    addressed_to = serializers.ChoiceField(AddressedTo.choices)
    status = serializers.ChoiceField(RequestStatus.choices)
    requested_by = serializers.SerializerMethodField()
    requested_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.SerializerMethodField()
    note = serializers.CharField()
    order = PublicIdField(ORDER, source="order_id", allow_null=True)

    def get_requested_by(self, asked: SeatRequest) -> dict[str, str]:
        member = asked.requested_by
        return {"member": public_id(MEMBER, member.pk), "name": member.name}

    def get_decided_by(self, asked: SeatRequest) -> str | None:
        return str(asked.decided_by) if asked.decided_by else None


class RequestsSerializer(PageSerializer):
    status = serializers.ChoiceField(RequestStatus.choices, required=False)
    pool = PublicIdField(POOL, required=False)


class RequestsView(SubscribedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    def get(self, request: Request) -> Response:
        """The requests of the account that the filters find, oldest first."""
        asked = filtered(RequestsSerializer, request)
        wanted: dict[str, Any] = {k: asked[k] for k in ("status", "pool") if k in asked}
        return CursorPages().answer(self.requests().filter(**wanted), RequestSerializer, self)

    def requests(self) -> SeatRequestQuerySet:
        return SeatRequest.objects.of_account(self.account).with_details()


class RequestView(RequestsView):
    def get(self, request: Request, seat_request: str) -> Response:  # type: ignore[override]
        """One request."""
        filtered(StrictSerializer, request)
        found = self.requests().filter(pk=number_of(REQUEST, seat_request) or 0).first()
        if found is None:
            raise errors.NOT_THERE.error()
        return Response(RequestSerializer(found).data)
