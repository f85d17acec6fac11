"""Pools and lines: what is purchased, assigned and available, and what a seat costs."""

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Scope
from core import errors
from core.api.ids import PublicIdField, number_of
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant, StrictSerializer, filtered
from subscriptions.api.ids import LINE, POOL, PRODUCT
from subscriptions.api.views import SubscribedApiView
from subscriptions.models import Line, SeatPool
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import snapshot


class PoolSerializer(serializers.Serializer):
    """`purchased`, `assigned`, `available` and `at_renewal`; lines share these seats."""

    id = PublicIdField(POOL)
    object = Constant("pool")
    name = serializers.CharField()
    purchased = serializers.IntegerField()
    assigned = serializers.IntegerField()
    available = serializers.IntegerField()
    at_renewal = serializers.IntegerField()
    is_legacy = serializers.BooleanField()
    unit_cents = serializers.IntegerField()
    currency = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    def get_currency(self, pool: PoolSnapshot) -> str:
        return str(self.context["currency"])

    def get_lines(self, pool: PoolSnapshot) -> list[str]:
        written = PublicIdField(LINE)
        return [written.to_representation(line.id) for line in pool.lines]


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
    seats = serializers.IntegerField(source="pool.seats")
    unit_cents = serializers.IntegerField()
    currency = serializers.SerializerMethodField()
    added_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)

    def get_currency(self, line: Line) -> str:
        return str(self.context["currency"])


class PoolsView(SubscribedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    def get(self, request: Request) -> Response:
        """Every pool of the subscription."""
        filtered(PageSerializer, request)
        pages = CursorPages()
        pools = pages.page_of(self.pools(), self)
        context = {"currency": self.subscription.currency}
        written = PoolSerializer([snapshot(pool) for pool in pools], many=True, context=context)
        return pages.get_paginated_response(written.data)

    def pools(self) -> QuerySet[SeatPool]:
        return self.subscription.pools.with_lines()


class PoolView(PoolsView):
    def get(self, request: Request, pool: str) -> Response:  # type: ignore[override]
        """One pool."""
        filtered(StrictSerializer, request)
        found = self.pools().filter(pk=number_of(POOL, pool) or 0).first()
        if found is None:
            raise errors.NOT_THERE.error()
        context = {"currency": self.subscription.currency}
        return Response(PoolSerializer(snapshot(found), context=context).data)


class LinesView(SubscribedApiView):
    scopes: ClassVar = {"GET": Scope.READ_SUBSCRIPTION}

    def get(self, request: Request) -> Response:
        """Every line of the subscription, ended ones too."""
        filtered(PageSerializer, request)
        lines = Line.objects.filter(pool__subscription=self.subscription)
        found = lines.select_related("pool", "plan__product")
        return CursorPages().answer(
            found, LineSerializer, self, currency=self.subscription.currency
        )
