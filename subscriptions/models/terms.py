from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.channels import ThroughChannel, names_actor
from core.dates import moment
from subscriptions.models.orders import Order
from subscriptions.models.seats import SeatPool
from subscriptions.models.subscriptions import Line


class TermKind(models.TextChoices):
    """What was agreed besides seats."""

    LINE = "line", _("Line")
    PLAN = "plan", _("Plan")
    PRICE = "price", _("Price per seat per month")
    CYCLE = "cycle", _("Billing")
    MINIMUM = "minimum", _("Minimum seats")
    CONTRACT_END = "contract_end", _("Contract until")
    END = "end", _("End of the subscription")


class TermChange(ThroughChannel):
    """The ledger of what was agreed besides seats, appended, never updated (D9, D15).

    `before` and `after` as they are stored: a plan by its name, a price in cents, a day as
    2026-11-25, a number, a cycle by its code; empty for nothing. `from_day` is the first day
    on which it holds. Taking back what was scheduled is a change back.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="term_changes", verbose_name=_("account")
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="terms", verbose_name=_("order")
    )
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("line")
    )
    pool = models.ForeignKey(
        SeatPool, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("pool")
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("who"),
    )  # fmt: skip
    what = models.CharField(_("what"), max_length=20, choices=TermKind)
    before = models.CharField(_("before"), max_length=160, blank=True)
    after = models.CharField(_("after"), max_length=160, blank=True)
    from_day = models.DateField(_("from"))

    class Meta:
        verbose_name = _("agreed change")
        verbose_name_plural = _("agreed changes")
        ordering = ("-pk",)
        constraints = (names_actor("subscriptions_termchange_names_actor"),)

    def __str__(self) -> str:
        return f"{moment(self.at)} · {self.get_what_display()}"
