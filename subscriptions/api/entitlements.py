"""Products ask who may come in: for one person, for up to a hundred, or for all as a copy.

A question about people has an answer, 200 with `allowed` and `reason`; only a question that
cannot be read is refused. So a full pool is never mistaken for an outage.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, ClassVar, cast

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer

from accounts.api.authentication import TokenAuthentication
from accounts.api.ids import ACCOUNT, MEMBER
from accounts.api.views import check_scope
from accounts.models import Account, ApiToken
from accounts.permissions import Scope
from core.api.ids import PublicIdField, number_of, public_id
from core.api.limits import Limit
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import StrictSerializer, Text, cleaned, filtered
from core.api.views import ApiView
from core.emails import normalize_email
from subscriptions import errors
from subscriptions.actions import renew_if_due
from subscriptions.api.authentication import ProductKeyAuthentication
from subscriptions.api.ids import POOL, PRODUCT
from subscriptions.models import Product, ProductKey
from subscriptions.selectors.entitlements import (
    Entitlement,
    Person,
    Reason,
    answer_of,
    entitlements_of,
    holders_of,
)

MAX_BATCH = 100
CHECKS = Limit("checks", 6000)
NEVER_KEPT = "private, no-store"
ASKED_AGAIN = "private, no-cache"


class PersonSerializer(StrictSerializer):
    """A person by email address or by member; exactly one of the two."""

    email = Text(required=False, max_length=254)
    member = PublicIdField(MEMBER, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("email" in attrs) == ("member" in attrs):
            raise errors.ONE_PERSON.error()
        return attrs


class TargetSerializer(StrictSerializer):
    """What a product key asks about: the account. What a token does: the product."""

    account = Text(required=False, max_length=60)
    product = PublicIdField(PRODUCT, required=False)


class CheckSerializer(PersonSerializer, TargetSerializer):
    """One person."""


class BatchSerializer(TargetSerializer):
    """Up to a hundred people of one account."""

    people: ListSerializer[Any] = ListSerializer(
        child=PersonSerializer(), min_length=1, max_length=MAX_BATCH
    )


class SnapshotSerializer(TargetSerializer, PageSerializer):
    """Which product's people, and which page of them."""


class EntitlementApiView(ApiView):
    """Opened by a product key, for any account, and by a token, for any product of its own."""

    authentication_classes = (ProductKeyAuthentication, TokenAuthentication)
    scopes: ClassVar[dict[str, Scope]]
    limit = CHECKS

    def admit(self, request: Request) -> None:
        """Raises ValidationError `scope_missing`."""
        if isinstance(request.auth, ApiToken):
            check_scope(request.auth, self.scopes.get(request.method or ""))

    def target(self, asked: dict[str, Any]) -> tuple[Account | None, Product]:
        """Which account and product a question is about; the account renewed if it was due.

        Raises ValidationError `account_of_key`, `product_of_key`, `unknown_product`.
        """
        if isinstance(self.request.auth, ProductKey):
            account = _named_account(asked)
            product = _own_product(self.request.auth, asked)
        else:
            account = _own_account(cast(ApiToken, self.request.auth), asked)
            product = _named_product(asked)
        if account and hasattr(account, "subscription"):
            renew_if_due(account.subscription, timezone.now())
        return account, product


class CheckView(EntitlementApiView):
    """May this person come in?"""

    scopes: ClassVar = {"GET": Scope.READ_TEAM, "POST": Scope.READ_TEAM}

    def get(self, request: Request) -> Response:
        """One person."""
        asked = filtered(CheckSerializer, request)
        return Response(self.answers(asked, [asked])[0], headers={"Cache-Control": NEVER_KEPT})

    def post(self, request: Request) -> Response:
        """Up to a hundred people; the answers come in their order."""
        asked = cleaned(BatchSerializer, request)
        data = self.answers(asked, asked["people"])
        return Response({"data": data}, headers={"Cache-Control": NEVER_KEPT})

    def answers(self, target: dict[str, Any], asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        account, product = self.target(target)
        people = [_person(each) for each in asked]
        now = timezone.now()
        if account is None:
            found = [Entitlement(Reason.NO_ACCOUNT) for _ in people]
        else:
            found = entitlements_of(account, product, people, now)
        return [
            {
                **_as_entitlement(answer, account, product, now),
                "email": answer.member.user.email if answer.member else person.email or None,
            }
            for answer, person in zip(found, people, strict=True)
        ]


class SnapshotView(EntitlementApiView):
    """Everyone with a seat that covers the product, for a product's own copy."""

    scopes: ClassVar = {"GET": Scope.READ_TEAM}

    def get(self, request: Request) -> Response:
        """A page; 304 where the copy named by `If-None-Match` is still true."""
        account, product = self.target(filtered(SnapshotSerializer, request))
        if account is None:
            raise errors.UNKNOWN_ACCOUNT.error()
        now = timezone.now()
        pages = CursorPages()
        members = pages.page_of(holders_of(account, product, now.date()), self)
        rows = [_as_entitlement(answer_of(member), account, product, now) for member in members]
        answer = pages.get_paginated_response(rows)
        etag = _etag(answer.data)
        kept = {"ETag": etag, "Cache-Control": ASKED_AGAIN}
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304, headers=kept)
        return Response({**answer.data, "as_of": now}, headers=kept)


def _named_account(asked: dict[str, Any]) -> Account | None:
    said = asked.get("account")
    if not said:
        raise errors.ACCOUNT_MISSING.error()
    number = number_of(ACCOUNT, said)
    accounts = Account.objects.select_related("subscription")
    return accounts.filter(pk=number).first() if number else accounts.filter(slug=said).first()


def _own_account(token: ApiToken, asked: dict[str, Any]) -> Account:
    if "account" in asked:
        raise errors.ACCOUNT_OF_TOKEN.error()
    return token.account


def _own_product(key: ProductKey, asked: dict[str, Any]) -> Product:
    if "product" in asked:
        raise errors.PRODUCT_OF_KEY.error()
    return key.product


def _named_product(asked: dict[str, Any]) -> Product:
    product = Product.objects.filter(pk=asked.get("product", 0)).first()
    if product is None:
        raise errors.UNKNOWN_PRODUCT.error()
    return product


def _person(asked: dict[str, Any]) -> Person:
    return Person(email=normalize_email(asked.get("email", "")), member_id=asked.get("member"))


def _as_entitlement(
    answer: Entitlement, account: Account | None, product: Product, at: datetime
) -> dict[str, Any]:
    member = answer.member
    return {
        "object": "entitlement",
        "account": public_id(ACCOUNT, account.pk) if account else None,
        "product": public_id(PRODUCT, product.pk),
        "member": public_id(MEMBER, member.pk) if member else None,
        "email": member.user.email if member else None,
        "allowed": answer.is_allowed,
        "reason": answer.reason.value,
        "role": member.role if member else None,
        "pool": public_id(POOL, answer.pool_id) if answer.pool_id else None,
        "as_of": at,
    }


def _etag(page: Any) -> str:
    """Of the page's own content, without the moments at which it was read."""
    rows = [{k: v for k, v in row.items() if k != "as_of"} for row in page["data"]]
    said = json.dumps([rows, page["next"]], sort_keys=True, default=str)
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
