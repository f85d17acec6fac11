"""Questions about who may come in, and their answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.ids import ACCOUNT, MEMBER
from accounts.permissions import Role
from core.api.ids import PublicIdField, public_id
from core.api.pages import PageSerializer
from core.api.serializers import Constant, StrictSerializer, Text
from subscriptions import errors
from subscriptions.api.ids import POOL, PRODUCT
from subscriptions.models import Product
from subscriptions.rules.entitlements import Entitlement, Reason

MAX_BATCH = 100


class PersonSerializer(StrictSerializer):
    """A person by email address or by member; exactly one of the two."""

    email = Text(required=False, max_length=254)
    member = PublicIdField(MEMBER, required=False)
    example: ClassVar[dict[str, Any]] = {"email": "grace@acme.example"}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("email" in attrs) == ("member" in attrs):
            raise errors.ONE_PERSON.error()
        return attrs


class TargetSerializer(StrictSerializer):
    """What a product key asks about: the account. What a token does: the product."""

    account = Text(
        required=False, max_length=60,
        help_text="With a product key, its id or its slug; never with a token.",
    )  # fmt: skip
    product = PublicIdField(
        PRODUCT, required=False, help_text="With a token; never with a product key."
    )
    example: ClassVar[dict[str, Any]] = {"account": "acme"}


class CheckSerializer(PersonSerializer, TargetSerializer):
    """One person."""

    example: ClassVar[dict[str, Any]] = {**TargetSerializer.example, **PersonSerializer.example}


class BatchSerializer(TargetSerializer):
    """Up to a hundred people of one account."""

    people = serializers.ListField(child=PersonSerializer(), min_length=1, max_length=MAX_BATCH)
    example: ClassVar[dict[str, Any]] = {
        **TargetSerializer.example,
        "people": [PersonSerializer.example, {"email": "nobody@acme.example"}],
    }


class SnapshotSerializer(TargetSerializer, PageSerializer):
    """Which product's people, and which page of them."""

    example: ClassVar[dict[str, Any]] = {**TargetSerializer.example, **PageSerializer.example}


@dataclass(frozen=True)
class Answer:
    """An entitlement beside what was asked."""

    account_id: int | None
    product: Product
    found: Entitlement
    email: str | None
    as_of: datetime

    @property
    def member_id(self) -> int | None:
        return self.found.member.member_id if self.found.member else None

    @property
    def role(self) -> str | None:
        return self.found.member.role if self.found.member else None


class EntitlementSerializer(serializers.Serializer):
    """Whether a person may come in, why, and when that was so."""

    object = Constant("entitlement")
    account = PublicIdField(ACCOUNT, source="account_id", allow_null=True)
    product = PublicIdField(PRODUCT, source="product.pk")
    member = PublicIdField(MEMBER, source="member_id", allow_null=True)
    email = serializers.CharField(allow_null=True)
    allowed = serializers.BooleanField(source="found.is_allowed")
    reason = serializers.ChoiceField([reason.value for reason in Reason], source="found.reason")
    role = serializers.ChoiceField(Role.choices, allow_null=True)
    pool = PublicIdField(
        POOL, source="found.pool_id", allow_null=True,
        help_text="Whose seat they hold, also while they may not come in.",
    )  # fmt: skip
    as_of = serializers.DateTimeField()
    example: ClassVar[dict[str, Any]] = {
        "object": "entitlement",
        "account": public_id(ACCOUNT, 1),
        "product": public_id(PRODUCT, 1),
        "member": public_id(MEMBER, 3),
        "email": "grace@acme.example",
        "allowed": True,
        "reason": "has_seat",
        "role": "agent",
        "pool": public_id(POOL, 1),
        "as_of": "2026-11-23T12:00:00Z",
    }


class AnswersSerializer(serializers.Serializer):
    """An answer for each person, in the order in which they were asked about."""

    data = EntitlementSerializer(many=True)  # type: ignore[assignment]
    example: ClassVar[dict[str, Any]] = {
        "data": [
            EntitlementSerializer.example,
            {
                **EntitlementSerializer.example,
                **dict.fromkeys(("member", "role", "pool")),
                "email": "nobody@acme.example",
                "allowed": False,
                "reason": "no_member",
            },
        ]
    }


class EntitlementsSerializer(AnswersSerializer):
    """A page of the snapshot; with no seat left to show, it is empty."""

    has_more = serializers.BooleanField(help_text="Whether this is not all.")
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")
    as_of = serializers.DateTimeField()
    example: ClassVar[dict[str, Any]] = {
        "data": [EntitlementSerializer.example],
        "has_more": False,
        "next": None,
        "as_of": "2026-11-23T12:00:00Z",
    }
