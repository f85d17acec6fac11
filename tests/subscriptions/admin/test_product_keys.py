"""Product keys in the admin: superusers make, rotate and revoke them; a key is shown once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from accounts.models import User
from core.credentials import Overlap, SecretKey
from subscriptions.actions import issue_product_key, rotate_product_key
from subscriptions.models import Product, ProductKey, ProductKeyEntry
from tests.cast import NOW, Catalogue
from tests.conftest import ClientFor
from tests.factories import UserFactory
from tests.kept import kept
from tests.refusals import refused
from tests.subscriptions.views.pages import text

LIST = "/admin/subscriptions/productkey/"


@kept
def product(catalogue: Catalogue) -> Product:
    return catalogue.support.product


@kept
def key_row(product: Product, root: User) -> ProductKey:
    row, _key = issue_product_key(name="Sign-in", product=product, expires_on=None, by=root, at=NOW)
    return row


def shown(answer: Any) -> SecretKey:
    found = re.search(r'id="key"[^>]* value="([^"]+)"', answer.text)
    assert found
    key = SecretKey.read(found[1])
    assert key
    return key


def test_a_superuser_makes_a_key_that_is_shown_once(
    client_for: ClientFor, root: User, product: Product
) -> None:
    client, form = client_for(root), {"name": "Sign-in", "product": product.pk}
    answer = client.post(f"{LIST}add/", form)
    key, row = shown(answer), ProductKey.objects.get()
    assert row.opens_with(key, NOW + timedelta(days=5000))
    assert (row.made_by, row.product, key.kind) == (root, product, "spk")
    for page in (LIST, f"{LIST}{row.pk}/change/", f"{LIST}{row.pk}/history/"):
        assert key.secret not in client.get(page).text
        assert row.digest not in client.get(page).text
    assert key.secret not in str(LogEntry.objects.values())
    # A reload asks for a second one of this name.
    again = client.post(f"{LIST}add/", form)
    assert again.status_code == 422
    assert "Support already has a valid key named Sign-in." in text(again)
    assert ProductKey.objects.count() == 1


def test_a_key_may_have_an_end_from_tomorrow_on(
    client_for: ClientFor, root: User, product: Product
) -> None:
    client, form = client_for(root), {"name": "Sign-in", "product": product.pk}
    today = client.post(f"{LIST}add/", {**form, "expires_on": "2026-11-23"})
    assert today.status_code == 422
    assert "Choose tomorrow or a later date." in text(today)
    key = shown(client.post(f"{LIST}add/", {**form, "expires_on": "2026-11-24"}))
    row = ProductKey.objects.get()
    assert row.opens_with(key, NOW + timedelta(days=1))
    assert not row.opens_with(key, NOW + timedelta(days=2))


def test_one_form_rotates_once_and_the_key_before_goes_on(
    client_for: ClientFor, root: User, product: Product
) -> None:
    row, before = issue_product_key(
        name="Sign-in", product=product, expires_on=None, by=root, at=NOW - timedelta(days=1)
    )
    client, page = client_for(root), f"{LIST}{row.pk}/rotate/"
    form = {"overlap": "72", "expected": row.key_since}
    assert f'value="{row.key_since}"' in client.get(page).text
    key = shown(client.post(page, form))
    again = client.post(page, form)
    assert again.status_code == 409
    row.refresh_from_db()
    assert row.opens_with(key, NOW)
    assert row.opens_with(before, NOW + timedelta(hours=71))
    assert not row.opens_with(before, NOW + timedelta(hours=72))


def test_a_revoked_key_opens_nothing_and_is_not_rotated(
    client_for: ClientFor, root: User, key_row: ProductKey
) -> None:
    client, page = client_for(root), f"{LIST}{key_row.pk}/revoke/"
    assert "the product is refused from now on" in text(client.get(page))
    for _twice in range(2):
        assert client.post(page).status_code == 302
    key_row.refresh_from_db()
    assert key_row.is_revoked
    assert "Revoked" in text(client.get(LIST))
    assert client.get(f"{LIST}{key_row.pk}/rotate/").status_code == 302
    with refused("key_ended"):
        rotate_product_key(product_key=key_row, overlap=Overlap.NONE, expected="", by=root, at=NOW)


def test_who_made_rotated_and_revoked_a_key_is_history(
    client_for: ClientFor, root: User, key_row: ProductKey
) -> None:
    """D9, and what is refused or done already leaves none."""
    client, other = client_for(root), UserFactory.create(is_staff=True, is_superuser=True)
    for _twice in range(2):
        form = {"overlap": "0", "expected": key_row.key_since}
        client.post(f"{LIST}{key_row.pk}/rotate/", form)
        client_for(other).post(f"{LIST}{key_row.pk}/revoke/")
    found = [(entry.kind, entry.by) for entry in key_row.entries.order_by("pk")]
    assert found == [("made", root), ("rotated", root), ("revoked", other)]
    page = text(client.get(f"{LIST}{key_row.pk}/change/"))
    assert all(kind in page for kind in ("created", "rotated", "revoked"))
    for change in (lambda rows: rows.update(by=other), lambda rows: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change(ProductKeyEntry.objects.all())


def test_other_staff_see_nothing_of_it(
    client_for: ClientFor, rep: User, key_row: ProductKey
) -> None:
    """R22."""
    client = client_for(rep)
    assert "Product keys" not in text(client.get("/admin/"))
    for page in ("", "add/", f"{key_row.pk}/change/"):
        assert client.get(LIST + page).status_code == 403
    for action in ("rotate", "revoke"):
        assert client.post(f"{LIST}{key_row.pk}/{action}/").status_code == 404
    key_row.refresh_from_db()
    assert not key_row.is_revoked
