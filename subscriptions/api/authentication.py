from core.api.authentication import BearerAuthentication
from subscriptions.models import ProductKey


class ProductKeyAuthentication(BearerAuthentication):
    """By a key of one of the vendor's products; it reads in every account (D19)."""

    model = ProductKey
    related = ("product",)
