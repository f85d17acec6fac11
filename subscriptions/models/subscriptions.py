from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.periods import Period, period_on, periods_between
from subscriptions.models.catalog import Currency, Cycle, Plan


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def due(self, on: date) -> "SubscriptionQuerySet":
        """Those whose paid period has ended."""
        return self.filter(period_end__lte=on)

    def displacing_members(self) -> "SubscriptionQuerySet":
        """Those whose renewal costs people a seat, or was said to (N9)."""
        fewer = Q(pools__seats_at_renewal__lt=F("pools__assigned"))
        return self.filter(fewer | Q(pools__assignments__loss_announced=True)).distinct()


class Subscription(models.Model):
    """Everything an account has bought; one per account, in one currency and cycle."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="subscription", verbose_name=_("account")
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    cycle = models.CharField(_("billing"), max_length=10, choices=Cycle)
    # Every period is counted from this day.
    started_on = models.DateField(_("started"))
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("renews"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = (
            models.CheckConstraint(
                condition=Q(period_end__gt=F("period_start")),
                name="subscriptions_subscription_period",
            ),
        )

    def __str__(self) -> str:
        return self.account.name

    @property
    def months(self) -> int:
        """Months a period has."""
        return Cycle(self.cycle).months

    def is_due(self, on: date) -> bool:
        """Whether the paid period has ended."""
        return self.period_end <= on

    def period_on(self, on: date) -> Period:
        """The period that contains a day, even if the renewal is late."""
        return period_on(self.started_on, self.months, on)

    def periods_due(self, on: date) -> list[Period]:
        """Every period after the paid one, up to the one that contains a day."""
        return periods_between(self.started_on, self.months, self.period_end, on)

    def day_priced(self, on: date) -> date:
        """The day a change is priced on: in the paid period, if the renewal came first."""
        return max(on, self.period_start)


class Line(models.Model):
    """One plan of a subscription, at the price agreed when it was added.

    What it has cost is in the ledger, `charges`; what its price was before, in `prices`.
    """

    pool = models.ForeignKey(
        "SeatPool", on_delete=models.PROTECT, related_name="lines", verbose_name=_("pool")
    )
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="lines", verbose_name=_("plan")
    )
    unit_cents = models.PositiveIntegerField(_("cents per seat per month"))
    added_on = models.DateField(
        _("added"), null=True,
        help_text=_("Empty for a line that was added before this was recorded."),
    )  # fmt: skip
    ended_on = models.DateField(_("ended"), null=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["pool", "plan"], name="subscriptions_line_once"),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("added_on")), name="subscriptions_line_dates"
            ),
        )

    def __str__(self) -> str:
        return str(self.plan)
