"""Orders: what was agreed to, once; and a reduction that is taken back."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.actors import ActorSerializer
from accounts.api.views import ONCE
from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant, Flag, Text
from subscriptions import errors
from subscriptions.actions import buy_seats, cancel_scheduled_reduction, set_seats
from subscriptions.api.ids import ORDER, POOL
from subscriptions.api.quotes import (
    NUMBERS,
    WITH_QUOTE,
    QuotedApiView,
    QuoteSerializer,
    WantedSerializer,
    with_quote,
)
from subscriptions.api.seats import PoolApiView, PoolSerializer
from subscriptions.api.views import RenewedApiView
from subscriptions.models import Currency, Order, SeatChange, SeatChangeKind


class OrderedPoolSerializer(serializers.Serializer):
    """What an order did to one pool."""

    pool = PublicIdField(POOL, source="pool_id")
    kind = serializers.ChoiceField(SeatChangeKind.choices)
    purchased_before = serializers.IntegerField(source="seats_before")
    purchased = serializers.IntegerField(source="seats_after")
    at_renewal_before = serializers.IntegerField()
    at_renewal = serializers.IntegerField(source="at_renewal_after")
    cents = serializers.IntegerField()


class OrderSerializer(serializers.Serializer):
    """What was agreed to, and done. What makes up its price is among the charges."""

    id = PublicIdField(ORDER, source="pk")
    object = Constant("order")
    currency = serializers.ChoiceField(Currency.choices)
    charged_cents = serializers.IntegerField()
    fingerprint = serializers.CharField(source="quote_fingerprint")
    placed_at = serializers.DateTimeField()
    by = ActorSerializer(source="*")
    pools = OrderedPoolSerializer(many=True, source="number_changes")
    example: ClassVar = {
        "id": public_id(ORDER, 1),
        "object": "order",
        "currency": "EUR",
        "charged_cents": 17733,
        "fingerprint": QuoteSerializer.example["fingerprint"],
        "placed_at": "2026-11-23T12:00:00Z",
        "by": ActorSerializer.example,
        "pools": [
            {
                "pool": public_id(POOL, 1),
                "kind": "bought",
                "purchased_before": 10,
                "purchased": 12,
                "at_renewal_before": 10,
                "at_renewal": 12,
                "cents": 17733,
            }
        ],
    }


class AgreedSerializer(WantedSerializer):
    """The same numbers as in the quote, and that it is agreed to."""

    fingerprint = Text(max_length=64, help_text="Of the quote.")
    confirmed = Flag(
        required=False, help_text="Whether the question of the quote, if it has one, is answered."
    )
    example: ClassVar[dict[str, Any]] = {
        **WantedSerializer.example,
        "fingerprint": QuoteSerializer.example["fingerprint"],
    }


class OrdersView(QuotedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION, "POST": Scope.BUY_SEATS}

    @operation("list_orders", answer=OrderSerializer, pages=True, query=PageSerializer)
    def get(self, request: Request) -> Response:
        """The orders of the account, oldest first."""
        return CursorPages().answer(orders_of(self), OrderSerializer, self)

    @operation(
        "place_order", answer=OrderSerializer, body=AgreedSerializer, status=201, once=True,
        refuses=(*ONCE, *NUMBERS, *WITH_QUOTE), instead=("quote", QuoteSerializer),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Buy seats, or set how many are needed.

        It is done as quoted, or not at all: where numbers, price or people are different by
        now, the answer is 409 `stale` with the new quote.
        """
        try:
            placed = self.place()
        except ValidationError as refusal:
            raise with_quote(refusal, self.quote) from refusal
        order = orders_of(self).get(pk=placed.pk)
        address = reverse("api_order", args=[public_id(ORDER, order.pk)])
        return Response(OrderSerializer(order).data, 201, headers={"Location": address})

    def place(self) -> Order:
        """Raises ValidationError: what `buy_seats` and `set_seats` raise."""
        agreed: dict[str, Any] = {
            "subscription": self.subscription,
            "quote_fingerprint": self.body["fingerprint"],
            "idempotency_key": self.idempotency_key,
            "confirmed": self.body.get("confirmed", False),
            "by": self.actor,
            "at": timezone.now(),
        }
        if self.timing is None:
            return buy_seats(additions=self.numbers, **agreed)
        return set_seats(
            targets=self.numbers,
            timing=self.timing,
            chosen=(),
            chosen_members=self.body.get("release", []),
            **agreed,
        )


class OrderView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("get_order", answer=OrderSerializer)
    def get(self, request: Request, order: str) -> Response:
        """One order."""
        return Response(OrderSerializer(row_of(orders_of(self), ORDER, order)).data)


class ReductionView(PoolApiView):
    """The reduction that is scheduled for a pool."""

    scopes: ClassVar = {"DELETE": Scope.BUY_SEATS}

    @operation(
        "cancel_scheduled_reduction", answer=PoolSerializer, refuses=(errors.ONLY_BUYERS_CHANGE,)
    )
    def delete(self, request: Request, pool: str) -> Response:
        """Keep the seats that were to go at renewal.

        The same again changes nothing.
        """
        cancel_scheduled_reduction(pool=self.pool(pool), by=self.actor, at=timezone.now())
        return self.answer(self.pool(pool))


def orders_of(view: RenewedApiView) -> QuerySet[Order]:
    numbers = Prefetch("changes", SeatChange.objects.of_numbers().order_by("pk"), "number_changes")
    rows = view.account.orders.select_related("placed_by", "token").order_by("pk")
    return rows.prefetch_related(numbers)
