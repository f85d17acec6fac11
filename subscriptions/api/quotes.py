"""What a change of seats would do and cost, before it is made (N1, N2)."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ids import MEMBER
from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id
from core.api.operations import operation
from core.api.problems import ExtendedRefusalError
from core.api.serializers import Constant, Number, StrictSerializer
from subscriptions import errors
from subscriptions.actions import quote_order
from subscriptions.api.ids import LINE, POOL
from subscriptions.api.views import RenewedApiView
from subscriptions.models import Currency
from subscriptions.rules.consent import consent_to
from subscriptions.rules.quotes import Quote, Timing

_FINGERPRINT = "5f2b…"


class WantedSeatsSerializer(StrictSerializer):
    """One pool: how many seats more, or how many in all."""

    pool = PublicIdField(POOL)
    add = Number(required=False)
    total = Number(required=False)


class WantedSerializer(StrictSerializer):
    """What is to change: seats to add, at once; or the seats needed, more or fewer."""

    seats = serializers.ListField(child=WantedSeatsSerializer(), min_length=1, max_length=100)
    timing = serializers.ChoiceField(
        Timing.choices, required=False,
        help_text="When seats go, with `total`: `at_renewal` if you do not say.",
    )  # fmt: skip
    release = serializers.ListField(
        child=PublicIdField(MEMBER), required=False, max_length=1000,
        help_text="Who loses a seat first, with `total`; then those who took theirs last.",
    )  # fmt: skip
    example: ClassVar = {"seats": [{"pool": public_id(POOL, 1), "add": 2}]}

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError `add_or_total`, `pool_twice`."""
        rows = wanted["seats"]
        totals = [row for row in rows if "total" in row and "add" not in row]
        additions = [row for row in rows if "add" in row and "total" not in row]
        for_totals = "timing" in wanted or "release" in wanted
        if len(totals) != len(rows) and (len(additions) != len(rows) or for_totals):
            raise errors.ADD_OR_TOTAL.error()
        if len({row["pool"] for row in rows}) != len(rows):
            raise errors.POOL_TWICE.error()
        return wanted


class QuotedLineSerializer(serializers.Serializer):
    """What one line adds to what is charged today."""

    line = PublicIdField(LINE, source="line.id")
    seats = serializers.IntegerField()
    unit_cents = serializers.IntegerField(source="line.unit_cents")
    cents = serializers.IntegerField()


class DisplacedSerializer(serializers.Serializer):
    """Who loses their seat: at once if seats go now, else at renewal."""

    member = PublicIdField(MEMBER, source="membership_id")
    name = serializers.CharField()
    seats_left = serializers.IntegerField(help_text="How many they keep, of other pools.")
    becomes_end_user = serializers.BooleanField()


class QuotedPoolSerializer(serializers.Serializer):
    """One pool, before and after."""

    pool = PublicIdField(POOL, source="pool.id")
    name = serializers.CharField(source="pool.name")
    purchased_before = serializers.IntegerField(source="pool.purchased")
    purchased = serializers.IntegerField(source="seats")
    at_renewal_before = serializers.IntegerField(source="pool.at_renewal")
    at_renewal = serializers.IntegerField()
    cents = serializers.IntegerField(help_text="What is charged for it today.")
    lines = QuotedLineSerializer(many=True, source="charges")
    displaced = DisplacedSerializer(many=True)


class QuoteSerializer(serializers.Serializer):
    """What a change would do and cost. Agree to it by its fingerprint.

    `charged_cents` is charged today, for the days that are left; the others are of a whole
    period.
    """

    object = Constant("quote")
    fingerprint = serializers.CharField(
        help_text="Equal as long as numbers, prices and people are."
    )
    currency = serializers.ChoiceField(Currency.choices, source="subscription.currency")
    charged_cents = serializers.IntegerField()
    days_left = serializers.IntegerField()
    of_days = serializers.IntegerField(source="period.days")
    renews_on = serializers.DateField(source="period.end")
    period_cents_before = serializers.IntegerField()
    period_cents = serializers.IntegerField()
    needs_confirmation = serializers.BooleanField(
        help_text="Whether an order has to say `confirmed`: much is bought, or seats go at once."
    )
    question = serializers.SerializerMethodField(
        help_text="What is confirmed, in the language that was asked for; else null."
    )
    pools = QuotedPoolSerializer(many=True, source="changed")
    example: ClassVar = {
        "object": "quote",
        "fingerprint": _FINGERPRINT,
        "currency": "EUR",
        "charged_cents": 17733,
        "days_left": 19,
        "of_days": 30,
        "renews_on": "2026-12-12",
        "period_cents_before": 140000,
        "period_cents": 168000,
        "needs_confirmation": False,
        "question": None,
        "pools": [
            {
                "pool": public_id(POOL, 1),
                "name": "Support Suite Professional",
                "purchased_before": 10,
                "purchased": 12,
                "at_renewal_before": 10,
                "at_renewal": 12,
                "cents": 17733,
                "lines": [
                    {
                        "line": public_id(LINE, 1),
                        "seats": 2,
                        "unit_cents": 14000,
                        "cents": 17733,
                    }
                ],
                "displaced": [],
            }
        ],
    }

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_question(self, quote: Quote) -> str | None:
        return consent_to(quote).question if quote.needs_confirmation else None


# Why a change of numbers is refused.
NUMBERS = (
    errors.ONLY_BUYERS_BUY,
    errors.UNKNOWN_POOL,
    errors.BAD_NUMBER,
    errors.TOO_MANY,
    errors.NO_CHANGE,
    errors.NOT_REMOVABLE,
    errors.UNASSIGNED_ONLY,
    errors.ADD_OR_TOTAL,
    errors.POOL_TWICE,
    errors.NO_SEAT_HELD,
    errors.NO_SUBSCRIPTION,
)

# What is answered with the quote that holds now.
WITH_QUOTE = (errors.QUOTE_CHANGED, errors.UNCONFIRMED)


def with_quote(refusal: ValidationError, quote: Callable[[], dict[str, Any]]) -> Exception:
    """The refusal, with the quote that could be agreed to instead, if there is one."""
    if getattr(refusal, "code", "") in [each.code for each in WITH_QUOTE]:
        return ExtendedRefusalError(refusal, quote=quote())
    return refusal


class QuotedApiView(RenewedApiView):
    """What is asked for, as the actions take it."""

    @property
    def timing(self) -> Timing | None:
        """When seats go; None where seats are added.

        `buy_seats` takes additions and `set_seats` totals, each with a quote of its own: so one
        request says `add` for all its pools, or `total`.
        """
        is_addition = "add" in self.body["seats"][0]
        return None if is_addition else Timing(self.body.get("timing", Timing.AT_RENEWAL))

    @property
    def numbers(self) -> dict[int, int]:
        """Pool id → how many to add, or how many in all."""
        name = "add" if self.timing is None else "total"
        return {row["pool"]: row[name] for row in self.body["seats"]}

    def quote(self) -> dict[str, Any]:
        """Raises ValidationError: what `quote_order` raises."""
        found = quote_order(
            subscription=self.subscription,
            numbers=self.numbers,
            timing=self.timing,
            chosen_members=self.body.get("release", []),
            by=self.actor,
            at=timezone.now(),
        )
        return dict(QuoteSerializer(found).data)


class QuotesView(QuotedApiView):
    scopes: ClassVar = {"POST": Scope.BUY_SEATS}

    @operation("make_quote", answer=QuoteSerializer, body=WantedSerializer, refuses=NUMBERS)
    def post(self, request: Request) -> Response:
        """See what a change of seats would do and cost.

        Nothing changes, and nothing is kept: an order sends the same numbers again, with the
        fingerprint.
        """
        return Response(self.quote())
