from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.actors import ActorSerializer
from accounts.permissions import Scope
from core.api.ids import PublicIdField
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant, filtered
from subscriptions.api.ids import CHARGE, LINE, ORDER
from subscriptions.api.views import SubscribedApiView
from subscriptions.models import ChargeKind


class ChargeSerializer(serializers.Serializer):
    """A row of the ledger of money: the days, seats and unit price that `cents` is made from."""

    id = PublicIdField(CHARGE, source="pk")
    object = Constant("charge")
    kind = serializers.ChoiceField(ChargeKind.choices)
    line = PublicIdField(LINE, source="line_id")
    order = PublicIdField(ORDER, source="order_id", allow_null=True)
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    days = serializers.IntegerField()
    of_days = serializers.IntegerField()
    seats = serializers.IntegerField()
    unit_cents = serializers.IntegerField()
    months = serializers.IntegerField()
    cents = serializers.IntegerField()
    currency = serializers.CharField()
    charged_at = serializers.DateTimeField(source="at")
    by = ActorSerializer(source="*")


class ChargesView(SubscribedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    def get(self, request: Request) -> Response:
        """Every charge of the account, oldest first; `period_to` is not part of the period."""
        filtered(PageSerializer, request)
        charges = self.account.charges.select_related("by")
        return CursorPages().answer(charges, ChargeSerializer, self)
