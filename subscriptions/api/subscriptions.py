from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id
from core.api.operations import operation
from core.api.serializers import Constant
from subscriptions.api.ids import SUBSCRIPTION
from subscriptions.api.views import SubscribedApiView
from subscriptions.models import Currency, Cycle, Subscription
from subscriptions.selectors.seats import pools_of
from subscriptions.selectors.subscriptions import next_period_cents


class SubscriptionSerializer(serializers.Serializer):
    """What the account has bought, and when it renews; pools and lines say what it is."""

    id = PublicIdField(SUBSCRIPTION, source="pk")
    object = Constant("subscription")
    currency = serializers.ChoiceField(Currency.choices)
    cycle = serializers.ChoiceField(Cycle.choices)
    started_on = serializers.DateField()
    period_from = serializers.DateField(source="period_start")
    renews_on = serializers.DateField(
        source="period_end", help_text="The first day of the next period."
    )
    next_period_cents = serializers.SerializerMethodField(
        help_text="What the next period costs, with the seats at renewal."
    )
    example: ClassVar = {
        "id": public_id(SUBSCRIPTION, 1),
        "object": "subscription",
        "currency": "EUR",
        "cycle": "monthly",
        "started_on": "2026-01-12",
        "period_from": "2026-11-12",
        "renews_on": "2026-12-12",
        "next_period_cents": 140000,
    }

    def get_next_period_cents(self, subscription: Subscription) -> int:
        return next_period_cents(subscription, pools_of(subscription))


class SubscriptionView(SubscribedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("get_subscription", answer=SubscriptionSerializer)
    def get(self, request: Request) -> Response:
        """What the account has bought, and when it renews."""
        return Response(SubscriptionSerializer(self.subscription).data)
