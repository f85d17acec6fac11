"""Pools and lines: what is purchased, assigned and available, and what a seat costs."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant
from subscriptions.api.ids import LINE, POOL, PRODUCT
from subscriptions.api.views import SubscribedApiView
from subscriptions.models import Currency, Line
from subscriptions.models.seats import SeatPoolQuerySet
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import snapshot


class CurrencyField(serializers.ChoiceField):
    """The currency of the subscription, which the view passes on."""

    def __init__(self) -> None:
        super().__init__(Currency.choices, source="*", read_only=True)

    def to_representation(self, row: object) -> str:
        return str(self.context["currency"])


class PoolSerializer(serializers.Serializer):
    """Seats that are assigned one by one; its lines share them."""

    id = PublicIdField(POOL)
    object = Constant("pool")
    name = serializers.CharField()
    purchased = serializers.IntegerField()
    assigned = serializers.IntegerField()
    available = serializers.IntegerField(help_text="Purchased, and not assigned.")
    at_renewal = serializers.IntegerField(
        help_text="How many there will be; fewer than purchased once a reduction is scheduled."
    )
    is_legacy = serializers.BooleanField(
        help_text="A legacy plan, for which other rules hold when seats are added or removed."
    )
    unit_cents = serializers.IntegerField(help_text="Per seat and month: the sum of its lines.")
    currency = CurrencyField()
    lines = serializers.SerializerMethodField()
    example: ClassVar = {
        "id": public_id(POOL, 1),
        "object": "pool",
        "name": "Support Suite Professional",
        "purchased": 10,
        "assigned": 9,
        "available": 1,
        "at_renewal": 10,
        "is_legacy": False,
        "unit_cents": 14000,
        "currency": "EUR",
        "lines": [public_id(LINE, 1), public_id(LINE, 2)],
    }

    @extend_schema_field(serializers.ListField(child=PublicIdField(LINE)))
    def get_lines(self, pool: PoolSnapshot) -> list[str]:
        return [public_id(LINE, line.id) for line in pool.lines]


class LineSerializer(serializers.Serializer):
    """One plan of the subscription, at its agreed price per seat and month."""

    id = PublicIdField(LINE, source="pk")
    object = Constant("line")
    name = serializers.CharField(source="plan.__str__")
    pool = PublicIdField(POOL, source="pool_id")
    product = PublicIdField(PRODUCT, source="plan.product_id")
    product_name = serializers.CharField(source="plan.product.name")
    tier = serializers.CharField(source="plan.tier")
    is_legacy = serializers.BooleanField(source="plan.is_legacy")
    seats = serializers.SerializerMethodField(
        help_text="Those of its pool; none once it has ended."
    )
    unit_cents = serializers.IntegerField()
    currency = CurrencyField()
    added_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(
        allow_null=True, help_text="The first day on which its seats cover nothing."
    )
    example: ClassVar = {
        "id": public_id(LINE, 1),
        "object": "line",
        "name": "Support Suite Professional",
        "pool": public_id(POOL, 1),
        "product": public_id(PRODUCT, 1),
        "product_name": "Support Suite",
        "tier": "Professional",
        "is_legacy": False,
        "seats": 10,
        "unit_cents": 11500,
        "currency": "EUR",
        "added_on": "2026-01-12",
        "ended_on": None,
    }

    def get_seats(self, line: Line) -> int:
        return 0 if line.ended_on else line.pool.seats


class PoolApiView(SubscribedApiView):
    """The pools of the subscription."""

    def pools(self) -> SeatPoolQuerySet:
        return self.subscription.pools.with_lines()

    def pool(self, said: str) -> PoolSnapshot:
        """Raises ValidationError `not_found`."""
        return snapshot(row_of(self.pools(), POOL, said))

    def answer(self, pool: PoolSnapshot) -> Response:
        context = {"currency": self.subscription.currency}
        return Response(PoolSerializer(pool, context=context).data)


class PoolsView(PoolApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("list_pools", answer=PoolSerializer, pages=True, query=PageSerializer)
    def get(self, request: Request) -> Response:
        """Every pool of the subscription."""
        pages = CursorPages()
        pools = pages.page_of(self.pools().standing(), self)
        context = {"currency": self.subscription.currency}
        written = PoolSerializer([snapshot(pool) for pool in pools], many=True, context=context)
        return pages.get_paginated_response(written.data)


class PoolView(PoolApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("get_pool", answer=PoolSerializer)
    def get(self, request: Request, pool: str) -> Response:
        """One pool."""
        return self.answer(self.pool(pool))


class LinesView(SubscribedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    @operation("list_lines", answer=LineSerializer, pages=True, query=PageSerializer)
    def get(self, request: Request) -> Response:
        """Every line of the subscription, ended ones too."""
        lines = Line.objects.filter(pool__subscription=self.subscription)
        found = lines.select_related("pool", "plan__product")
        return CursorPages().answer(
            found, LineSerializer, self, currency=self.subscription.currency
        )
