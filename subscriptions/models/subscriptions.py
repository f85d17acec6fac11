from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.periods import Period, period_on, periods_between
from subscriptions.models.catalog import Currency, Cycle, Plan


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def due(self, on: date) -> "SubscriptionQuerySet":
        """Those whose paid period has ended, and that go on."""
        return self.filter(period_end__lte=on, ended_on=None)

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
    # What was agreed for the next renewal; empty where nothing changes.
    cycle_at_renewal = models.CharField(
        _("billing from the renewal on"), max_length=10, choices=Cycle, blank=True
    )
    ends_at_renewal = models.BooleanField(_("cancelled at renewal"), default=False)
    ended_on = models.DateField(_("ended"), null=True)
    # Until then the minimum of each pool holds, and nobody cancels.
    contract_ends_on = models.DateField(_("contract until"), null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = (
            models.CheckConstraint(
                condition=Q(period_end__gt=F("period_start")),
                name="subscriptions_subscription_period",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ends_at_renewal=False, cycle_at_renewal=""),
                name="subscriptions_subscription_nothing_after_end",
            ),
        )

    def __str__(self) -> str:
        return self.account.name

    @property
    def months(self) -> int:
        """Months a period has."""
        return Cycle(self.cycle).months

    @property
    def cycle_next(self) -> Cycle:
        """How the next period is billed."""
        return Cycle(self.cycle_at_renewal or self.cycle)

    @property
    def months_next(self) -> int:
        """Months the next period has; none where there is none."""
        return 0 if self.ends_at_renewal or self.is_ended else self.cycle_next.months

    @property
    def is_ended(self) -> bool:
        return self.ended_on is not None

    def is_due(self, on: date) -> bool:
        """Whether the paid period has ended and another one is to begin, or the end to come."""
        return not self.is_ended and self.period_end <= on

    def is_bound(self, on: date) -> bool:
        """Whether a contract still runs on a day."""
        return self.contract_ends_on is not None and on < self.contract_ends_on

    def keeps_minimum(self, on: date) -> bool:
        """Whether pools keep their minimum on a day: always, or while the contract runs."""
        return self.contract_ends_on is None or self.is_bound(on)

    def period_on(self, on: date) -> Period:
        """The period that contains a day, even if the renewal is late."""
        return period_on(self.started_on, self.months, on)

    def periods_due(self, on: date) -> list[Period]:
        """Every period after the paid one, up to the one that contains a day."""
        return periods_between(self.started_on, self.months, self.period_end, on)

    def day_priced(self, on: date) -> date:
        """The day a change is priced on: in the paid period, if the renewal came first."""
        return max(on, self.period_start)


class FormerTerm(models.Model):
    """How periods were counted before: until the cycle changed, or the subscription ended.

    Charges of those days are for periods counted so.
    """

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="former_terms",
        verbose_name=_("subscription"),
    )  # fmt: skip
    cycle = models.CharField(_("billing"), max_length=10, choices=Cycle)
    started_on = models.DateField(_("started"))
    until = models.DateField(_("to, not including"))

    class Meta:
        verbose_name = _("former term")
        verbose_name_plural = _("former terms")
        ordering = ("until",)
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "until"], name="subscriptions_formerterm_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subscription}: {self.get_cycle_display()}"

    @property
    def months(self) -> int:
        """Months a period had."""
        return Cycle(self.cycle).months

    def period_on(self, on: date) -> Period:
        """The period that contained a day."""
        return period_on(self.started_on, self.months, on)


class LineQuerySet(models.QuerySet["Line"]):
    def standing(self) -> "LineQuerySet":
        """Those that have not ended."""
        return self.filter(ended_on=None)

    def with_products(self) -> "LineQuerySet":
        """Those that have not ended, with their plan now and next, and what a suite includes."""
        plans = ("plan__product", "plan_at_renewal__product")
        return self.standing().select_related(*plans).prefetch_related("plan__product__includes")


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
    # Agreed with this account, so that it stays when the cycle changes.
    is_price_agreed = models.BooleanField(_("price agreed"), default=False)
    added_on = models.DateField(
        _("added"), null=True,
        help_text=_("Empty for a line that was added before this was recorded."),
    )  # fmt: skip
    ended_on = models.DateField(_("ended"), null=True)
    # What was agreed for the next renewal. A plan comes with its price.
    ends_at_renewal = models.BooleanField(_("ends at renewal"), default=False)
    plan_at_renewal = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("plan from the renewal on"),
    )  # fmt: skip
    unit_cents_at_renewal = models.PositiveIntegerField(
        _("cents per seat per month from the renewal on"), null=True
    )
    is_next_price_agreed = models.BooleanField(default=False, editable=False)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["pool", "plan"],
                condition=Q(ended_on=None),
                name="subscriptions_line_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("added_on")), name="subscriptions_line_dates"
            ),
            models.CheckConstraint(
                condition=Q(ends_at_renewal=False, ended_on=None)
                | Q(plan_at_renewal=None, unit_cents_at_renewal=None),
                name="subscriptions_line_nothing_after_end",
            ),
            models.CheckConstraint(
                condition=Q(plan_at_renewal=None) | Q(unit_cents_at_renewal__isnull=False),
                name="subscriptions_line_plan_has_price",
            ),
        )

    def __str__(self) -> str:
        return str(self.plan)
