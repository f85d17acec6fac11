"""Keys for the tests, and the programs that use them."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from accounts.models import ApiToken, Membership
from accounts.permissions import Scope
from core.credentials import SecretKey
from subscriptions.actions import issue_product_key
from subscriptions.models import Product, ProductKey
from tests.cast import NOW
from tests.factories import UserFactory

JSON = "application/json"
# Days: for what is served by a real clock, whenever the tests are run.
FOR_GOOD = 36_500


class Program:
    """A program with a key: what it asks is answered in JSON, read as `answer.json()`."""

    def __init__(self, key: object = None, language: str = "en") -> None:
        self.headers = {"Accept-Language": language}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
        self.client = Client()

    def get(self, address: str, **query: Any) -> Any:
        headers = {**self.headers, **query.pop("headers", {})}
        return self.client.get(f"/api/v1/{address}", query, headers=headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", address, body, **headers)

    def send(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        said = b"" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, f"/api/v1/{address}", said, JSON, headers={**self.headers, **named}
        )


def token(by: Membership, *scopes: Scope, days: int = 90) -> tuple[ApiToken, SecretKey]:
    """A token of the member's account, made by them; with every scope if none is named.

    Not by the action: also one that it would refuse, of an agent or already over.
    """
    key = SecretKey.new(ApiToken.KIND)
    row = ApiToken(
        account=by.account, made_by=by, maker_role=by.role, name="HR sync", made_at=NOW,
        scopes=list(scopes or Scope), expires_at=NOW + timedelta(days=days),
    )  # fmt: skip
    row.take(key, NOW)
    row.save()
    return row, key


def product_key(product: Product) -> tuple[ProductKey, SecretKey]:
    """A key of the product, as a superuser makes it."""
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    return issue_product_key(
        name=f"{product} {staff.pk}", product=product, expires_on=None, by=staff, at=NOW
    )
