from core.api.authentication import BearerAuthentication
from subscriptions.models import ProductKey


class ProductKeyAuthentication(BearerAuthentication):
    """By a key of one of the vendor's products; it reads in every account (D19)."""

    model = ProductKey
    scheme = "product_key"
    description = (
        "A key of one of the vendor's products. It asks, for any account, who may come in."
    )
    related = ("product",)
