from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from accounts.models.channels import ThroughChannel, names_actor
from core.dates import moment
from subscriptions.models.catalog import Currency


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to_staff(self, user: User) -> Self:
        """Of the accounts they represent; all for superusers and for read-only Sales (R22)."""
        return self if user.sees_every_account() else self.filter(account__representative=user)


class Order(ThroughChannel):
    """One form that changed the numbers of one or more pools, once (D6).

    What it did to each pool is in the ledger, `changes`.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="orders", verbose_name=_("account")
    )
    # The quote the buyer saw and agreed to.
    quote_fingerprint = models.CharField(max_length=64)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    charged_cents = models.PositiveBigIntegerField(_("charged cents"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-pk",)
        constraints = (names_actor("subscriptions_order_names_actor", who="placed_by"),)

    @property
    def by(self) -> User:
        """As the other rows of history call it."""
        return self.placed_by

    def __str__(self) -> str:
        return f"{self.account} · {moment(self.placed_at)}"
