from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from accounts.models.channels import ThroughChannel, names_actor
from core.dates import moment
from subscriptions.models.catalog import Currency


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to_staff(self, user: User) -> Self:
        """Of the accounts they represent; all for superusers and for read-only Sales (R22)."""
        return self if user.sees_every_account() else self.filter(account__representative=user)


class OrderKind(models.TextChoices):
    """What an order changed; all but the first are of the vendor's people (D15)."""

    SEATS = "seats", _("Seats")
    LINE_ADDED = "line_added", _("Line added")
    LINE_ENDED = "line_ended", _("Line ended")
    LINE_CORRECTED = "line_corrected", _("Line corrected")
    PLAN = "plan", _("Plan changed")
    PRICE = "price", _("Price agreed")
    CYCLE = "cycle", _("Billing changed")
    TERMS = "terms", _("Contract changed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Scheduled change undone")
    REOPENED = "reopened", _("Reopened")


class Order(ThroughChannel):
    """One form that changed a subscription, once (D6).

    What it did to each pool is in the ledger `changes`, what it changed besides seats in
    `terms`, and every cent of it in `charges`.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="orders", verbose_name=_("account")
    )
    kind = models.CharField(_("what"), max_length=20, choices=OrderKind, default=OrderKind.SEATS)
    # Why the vendor's people did it; those of the account need not say.
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="")
    # Of the form, so that the same one sent twice is one order (D6); a customer's is claimed.
    form_key = models.CharField(max_length=64, blank=True, default="")
    # The quote the buyer saw and agreed to.
    quote_fingerprint = models.CharField(max_length=64)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    charged_cents = models.BigIntegerField(
        _("charged cents"), help_text=_("Negative where more was credited than charged.")
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-pk",)
        constraints = (
            names_actor("subscriptions_order_names_actor", who="placed_by"),
            models.CheckConstraint(
                condition=Q(kind=OrderKind.SEATS) | ~Q(reason=""),
                name="subscriptions_order_says_why",
            ),
            models.UniqueConstraint(
                fields=["placed_by", "form_key"],
                condition=~Q(form_key=""),
                name="subscriptions_order_form_once",
            ),
        )

    @property
    def by(self) -> User:
        """As the other rows of history call it."""
        return self.placed_by

    def __str__(self) -> str:
        return f"{self.account} · {moment(self.placed_at)}"
