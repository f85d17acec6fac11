from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.channels import ThroughChannel, names_actor
from core.credentials import Credential
from subscriptions.models.catalog import Product


class ProductKey(Credential):
    """With it, one of the vendor's products asks who may come in, in any account; it only reads."""

    KIND: ClassVar[str] = "spk"

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="keys", verbose_name=_("product")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("created by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("product key")
        verbose_name_plural = _("product keys")
        ordering = ("-pk",)


class ProductKeyChange(models.TextChoices):
    MADE = "made", _("created")
    ROTATED = "rotated", _("rotated")
    REVOKED = "revoked", _("revoked")


class ProductKeyEntry(ThroughChannel):
    """Who made, rotated or revoked a product key, and when; never changed or deleted (D9)."""

    product_key = models.ForeignKey(
        ProductKey, on_delete=models.PROTECT, related_name="entries",
        verbose_name=_("product key"),
    )  # fmt: skip
    kind = models.CharField(_("change"), max_length=10, choices=ProductKeyChange.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of a product key")
        verbose_name_plural = _("changes of product keys")
        ordering = ("-pk",)
        constraints = (names_actor("subscriptions_productkeyentry_names_actor"),)

    def __str__(self) -> str:
        return self.get_kind_display()
