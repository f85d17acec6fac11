from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.actors import ActorSerializer
from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id
from core.api.operations import operation
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant
from subscriptions.api.ids import CHARGE, LINE, ORDER
from subscriptions.api.views import RenewedApiView
from subscriptions.models import ChargeKind, Currency


class ChargeSerializer(serializers.Serializer):
    """A row of the ledger of money: the days, seats and unit price that `cents` is made from."""

    id = PublicIdField(CHARGE, source="pk")
    object = Constant("charge")
    kind = serializers.ChoiceField(ChargeKind.choices)
    line = PublicIdField(LINE, source="line_id")
    order = PublicIdField(
        ORDER, source="order_id", allow_null=True, help_text="Null for what nobody ordered."
    )
    period_from = serializers.DateField()
    period_to = serializers.DateField(help_text="The day after the last one.")
    days = serializers.IntegerField(help_text="How many are charged.")
    of_days = serializers.IntegerField(help_text="How many the whole period has.")
    seats = serializers.IntegerField(help_text="Below zero where they are taken back.")
    unit_cents = serializers.IntegerField(help_text="Per seat and month.")
    months = serializers.IntegerField(help_text="How many the whole period has.")
    cents = serializers.IntegerField(help_text="Below zero for a credit.")
    currency = serializers.ChoiceField(Currency.choices)
    charged_at = serializers.DateTimeField(source="at")
    by = ActorSerializer(source="*")
    example: ClassVar = {
        "id": public_id(CHARGE, 3),
        "object": "charge",
        "kind": "purchase",
        "line": public_id(LINE, 1),
        "order": public_id(ORDER, 1),
        "period_from": "2026-11-23",
        "period_to": "2026-12-12",
        "days": 19,
        "of_days": 30,
        "seats": 2,
        "unit_cents": 11500,
        "months": 1,
        "cents": 14567,
        "currency": "EUR",
        "charged_at": "2026-11-23T12:00:00Z",
        "by": ActorSerializer.example,
    }


class ChargesView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("list_charges", answer=ChargeSerializer, pages=True, query=PageSerializer)
    def get(self, request: Request) -> Response:
        """Every charge of the account, oldest first."""
        charges = self.account.charges.select_related("by", "token")
        return CursorPages().answer(charges, ChargeSerializer, self)
