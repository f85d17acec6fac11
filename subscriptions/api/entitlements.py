"""Products ask who may come in: for one person, for up to a hundred, or for all as a copy.

A question about people has an answer, 200 with `allowed` and `reason`; only a question that
cannot be read is refused. So a full pool is never mistaken for an outage.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, cast

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import errors as account_errors
from accounts.api.authentication import TokenAuthentication
from accounts.api.ids import ACCOUNT
from accounts.api.views import check_scope
from accounts.models import ApiToken
from accounts.permissions import Scope
from core.api.etags import ASKED_AGAIN, etag_of, is_named
from core.api.ids import number_of
from core.api.limits import Limit
from core.api.operations import operation, scopes_of
from core.api.pages import CursorPages
from core.api.views import ApiView
from core.emails import normalize_email
from core.errors import Refusal
from subscriptions import errors
from subscriptions.actions import renew_if_due
from subscriptions.api.authentication import ProductKeyAuthentication
from subscriptions.api.entitlement_serializers import (
    Answer,
    AnswersSerializer,
    BatchSerializer,
    CheckSerializer,
    EntitlementSerializer,
    EntitlementsSerializer,
    SnapshotSerializer,
)
from subscriptions.models import Product, ProductKey, Subscription
from subscriptions.rules.entitlements import Candidate, Entitlement, Reason, entitlement_of
from subscriptions.selectors.entitlements import (
    Customer,
    Person,
    customer,
    entitlements_of,
    holders_of,
)

CHECKS = Limit("checks", 6000)
NEVER_KEPT = "private, no-store"


class EntitlementApiView(ApiView):
    """Opened by a product key, for any account, and by a token, for any product of its own."""

    authentication_classes = (ProductKeyAuthentication, TokenAuthentication)
    scopes: ClassVar[dict[str, Scope]]
    limit = CHECKS
    refuses: ClassVar[tuple[Refusal, ...]] = (
        account_errors.SCOPE_MISSING,
        errors.ACCOUNT_MISSING,
        errors.ACCOUNT_OF_TOKEN,
        errors.PRODUCT_OF_KEY,
        errors.UNKNOWN_PRODUCT,
    )

    def admit(self, request: Request) -> None:
        """Raises ValidationError `scope_missing`."""
        if isinstance(request.auth, ApiToken):
            check_scope(request.auth, scopes_of(self, request.method or ""))

    def target(self, asked: dict[str, Any]) -> tuple[Customer | None, Product]:
        """Which account and product a question is about; the account renewed if it was due.

        Raises ValidationError `account_missing`, `account_of_token`, `product_of_key`,
        `unknown_product`.
        """
        now = timezone.now()
        if isinstance(self.request.auth, ProductKey):
            account = _named_account(asked, now)
            product = _own_product(self.request.auth, asked)
        else:
            account = _own_account(cast(ApiToken, self.request.auth), asked, now)
            product = _named_product(asked)
        if account and account.is_due:
            subscription = Subscription.objects.get(account=account.id)
            renew_if_due(subscription, now)
            # The renewal may have been the end.
            account = replace(account, is_ended=subscription.is_ended)
        return account, product


class CheckView(EntitlementApiView):
    """May this person come in?"""

    scopes: ClassVar = {"GET": Scope.READ_TEAM, "POST": Scope.READ_TEAM}
    refuses: ClassVar = (errors.ONE_PERSON,)

    @operation("check_entitlement", answer=EntitlementSerializer, query=CheckSerializer)
    def get(self, request: Request) -> Response:
        """May this person come in?

        Always 200 where the question can be read: `allowed` says whether, `reason` why.
        """
        [answer] = self.answers(self.query, [self.query])
        written = EntitlementSerializer(answer).data
        return Response(written, headers={"Cache-Control": NEVER_KEPT})

    @operation("check_entitlements", answer=AnswersSerializer, body=BatchSerializer)
    def post(self, request: Request) -> Response:
        """May these people come in? Up to a hundred of them.

        The answers come in the order of the people.
        """
        answers = self.answers(self.body, self.body["people"])
        written = AnswersSerializer({"data": answers}).data
        return Response(written, headers={"Cache-Control": NEVER_KEPT})

    def answers(self, target: dict[str, Any], asked: list[dict[str, Any]]) -> list[Answer]:
        account, product = self.target(target)
        people = [_person(each) for each in asked]
        now = timezone.now()
        if account is None:
            found = [Entitlement(Reason.NO_ACCOUNT) for _ in people]
        else:
            found = entitlements_of(account, product, people, now)
        pk = account.id if account else None
        return [
            Answer(pk, product, answer, _email(answer) or person.email or None, now)
            for answer, person in zip(found, people, strict=True)
        ]


class SnapshotView(EntitlementApiView):
    """Everyone with a seat that covers the product, for a product's own copy."""

    scopes: ClassVar = {"GET": Scope.READ_TEAM}
    refuses: ClassVar = (errors.UNKNOWN_ACCOUNT,)

    @operation(
        "list_entitlements", answer=EntitlementsSerializer, query=SnapshotSerializer, etag=True
    )
    def get(self, request: Request) -> Response:
        """Everyone with a seat that covers the product, for a copy of your own.

        Suspended and invited people are among them, and not allowed. 304 where the copy
        named by `If-None-Match` is still true.
        """
        account, product = self.target(self.query)
        if account is None:
            raise errors.UNKNOWN_ACCOUNT.error()
        now = timezone.now()
        pages = CursorPages()
        members = pages.page_of(holders_of(account.id, product, now.date()), self)
        found = [
            entitlement_of(Candidate(*member), is_ended=account.is_ended) for member in members
        ]
        rows = [Answer(account.id, product, each, _email(each), now) for each in found]
        answer = pages.get_paginated_response(EntitlementSerializer(rows, many=True).data)
        etag = _etag(answer.data)
        kept = {"ETag": etag, "Cache-Control": ASKED_AGAIN}
        if is_named(etag, "If-None-Match", request):
            return Response(status=304, headers=kept)
        return Response({**answer.data, "as_of": now}, headers=kept)


def _named_account(asked: dict[str, Any], at: datetime) -> Customer | None:
    said = asked.get("account")
    if not said:
        raise errors.ACCOUNT_MISSING.error()
    return customer(at, pk=number_of(ACCOUNT, said), slug=said)


def _own_account(token: ApiToken, asked: dict[str, Any], at: datetime) -> Customer | None:
    if "account" in asked:
        raise errors.ACCOUNT_OF_TOKEN.error()
    return customer(at, pk=token.account_id)


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


def _email(found: Entitlement) -> str | None:
    return found.member.email if found.member else None


def _etag(page: Any) -> str:
    """Of the page's own content, without the moments at which it was read."""
    rows = [{k: v for k, v in row.items() if k != "as_of"} for row in page["data"]]
    return etag_of([rows, page["next"]])
