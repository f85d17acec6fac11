from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Scope
from core.api.ids import PublicIdField
from core.api.serializers import Constant, StrictSerializer, filtered
from subscriptions.api.ids import SUBSCRIPTION
from subscriptions.api.views import SubscribedApiView
from subscriptions.models import Subscription
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents


class SubscriptionSerializer(serializers.Serializer):
    id = PublicIdField(SUBSCRIPTION, source="pk")
    object = Constant("subscription")
    currency = serializers.CharField()
    cycle = serializers.CharField()
    started_on = serializers.DateField()
    period_from = serializers.DateField(source="period_start")
    renews_on = serializers.DateField(source="period_end")
    next_period_cents = serializers.SerializerMethodField()

    def get_next_period_cents(self, subscription: Subscription) -> int:
        return next_period_cents(subscription, pools_of(subscription))


class SubscriptionView(SubscribedApiView):
    """What the account has bought, and when it renews."""

    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    def get(self, request: Request) -> Response:
        filtered(StrictSerializer, request)
        written: Any = SubscriptionSerializer(self.subscription).data
        return Response(written)
