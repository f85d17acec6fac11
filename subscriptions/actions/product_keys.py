"""Keys of the vendor's products: made, rotated and revoked by superusers (D19)."""

from datetime import date, datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from core.credentials import Overlap, SecretKey, end_of
from subscriptions import errors
from subscriptions.models import Product, ProductKey, ProductKeyChange, ProductKeyEntry


@transaction.atomic
def issue_product_key(
    *, name: str, product: Product, expires_on: date | None, by: User, at: datetime
) -> tuple[ProductKey, SecretKey]:
    """A key with which a product reads, and the one chance to see it.

    It is valid until the end of `expires_on` (UTC), or until it is revoked.
    Raises ValidationError `name_taken`, which the same form sent twice is, and `past_day`.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if product.keys.usable(at).filter(name=name).exists():
        raise errors.KEY_NAME_TAKEN.error(product=product, name=name)
    if expires_on and expires_on <= at.date():
        raise errors.ENDS_TOO_EARLY.error()
    key = SecretKey.new(ProductKey.KIND)
    row = ProductKey(
        product=product,
        name=name,
        made_by=by,
        made_at=at,
        expires_at=end_of(expires_on) if expires_on else None,
    )
    row.take(key, at)
    row.save(force_insert=True)
    _record(row, ProductKeyChange.MADE, by, at)
    return row, key


@transaction.atomic
def rotate_product_key(
    *, product_key: ProductKey, overlap: Overlap, expected: str, by: User, at: datetime
) -> SecretKey:
    """A new key; the one before works for `overlap` more, an earlier one no more.

    `expected` is the `key_since` that was looked at, so that one form rotates once; empty: any.
    Raises ValidationError `key_ended`, `stale`.
    """
    row: ProductKey = ProductKey.objects.locked(product_key)
    key = row.rotate(overlap, at, expected=expected)
    _record(row, ProductKeyChange.ROTATED, by, at)
    return key


@transaction.atomic
def revoke_product_key(*, product_key: ProductKey, by: User, at: datetime) -> ProductKey:
    """End a key at once, for good; one that is revoked already stays as it is."""
    row: ProductKey = ProductKey.objects.locked(product_key)
    if not row.is_revoked:
        row.revoke(at)
        _record(row, ProductKeyChange.REVOKED, by, at)
    return row


def _record(row: ProductKey, kind: ProductKeyChange, by: User, at: datetime) -> None:
    through = Actor.in_admin(by).through
    ProductKeyEntry.objects.create(product_key=row, kind=kind, by=by, **through, at=at)
