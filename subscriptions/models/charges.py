from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.channels import ThroughChannel, names_actor
from core.dates import day, moment
from subscriptions.models.catalog import Currency
from subscriptions.models.orders import Order, OrderKind
from subscriptions.models.seats import SeatChange
from subscriptions.models.subscriptions import Line


class LinePrice(ThroughChannel):
    """Every price a line has had, appended, never updated.

    The line carries the last of them; `check_seats` proves it.
    """

    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, related_name="prices", verbose_name=_("line")
    )
    unit_cents = models.PositiveIntegerField(_("cents per seat per month"))
    from_day = models.DateField(_("from"))
    is_agreed = models.BooleanField(_("price agreed"), default=False)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="prices", verbose_name=_("order")
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("who"), help_text=_("Empty for changes made by the system."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("price of a line")
        verbose_name_plural = _("prices of lines")
        ordering = ("-pk",)
        constraints = (names_actor("subscriptions_lineprice_names_actor"),)

    def __str__(self) -> str:
        return f"{self.line} · {day(self.from_day)}"


class ChargeKind(models.TextChoices):
    """Why a charge was made."""

    FIRST_PERIOD = "first_period", _("First period")
    LINE_ADDED = "line_added", _("Line added")
    PURCHASE = "purchase", _("Seats bought")
    RENEWAL = "renewal", _("Renewal")
    REOPENED = "reopened", _("Subscription reopened")
    CREDIT = "credit", _("Credit")
    CUT_OVER = "cut_over", _("Charged before charges were recorded")


BEGINNINGS = (ChargeKind.FIRST_PERIOD, ChargeKind.LINE_ADDED)
FOR_DAYS_LEFT = (*BEGINNINGS, ChargeKind.REOPENED, ChargeKind.PURCHASE)
# Of whatever number of seats there is; no change of seats is behind them.
_BY_ORDER = (ChargeKind.LINE_ADDED, ChargeKind.REOPENED)
_BY_ITSELF = (ChargeKind.RENEWAL, ChargeKind.CUT_OVER)
OF_SEATS_THERE = (*_BY_ORDER, *_BY_ITSELF)


class ChargeQuerySet(models.QuerySet["Charge"]):
    def of_periods(self) -> "ChargeQuerySet":
        """Those that pay a line up to the end of a period, one after the other."""
        return self.exclude(kind__in=(ChargeKind.PURCHASE, ChargeKind.CREDIT))


class Charge(ThroughChannel):
    """The ledger of money: what one line costs for some days, appended, never updated (D16, N10).

    `seats` at `unit_cents` each for `months` is a whole period; of its `of_days`
    days `days` are charged, from `period_from` up to, and not including,
    `period_to`. The lines of one order share its rounded sum to the cent.

    A cut-over says that the period was charged before charges were recorded: it
    charges none of its days again, and the ledger is complete from there on.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="charges", verbose_name=_("account")
    )
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, related_name="charges", verbose_name=_("line")
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("who"), help_text=_("Empty for changes made by the system."),
    )  # fmt: skip
    kind = models.CharField(_("reason"), max_length=20, choices=ChargeKind)
    # What opened the pool or added the seats. A line that joins a pool and a renewal charge
    # the seats there are: they change no number.
    seat_change = models.ForeignKey(
        SeatChange, on_delete=models.PROTECT, null=True, related_name="charges",
        verbose_name=_("seat change"),
    )  # fmt: skip
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="charges", verbose_name=_("order")
    )
    # What a credit gives back, at the price it was charged at.
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by",
        verbose_name=_("credits"),
    )  # fmt: skip
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to, not including"))
    seats = models.PositiveIntegerField(_("seats"))
    unit_cents = models.PositiveIntegerField(_("cents per seat per month"))
    months = models.PositiveSmallIntegerField(_("months of a period"))
    days = models.PositiveSmallIntegerField(_("days charged"))
    of_days = models.PositiveSmallIntegerField(_("days of the period"))
    cents = models.BigIntegerField(_("cents"), help_text=_("Negative for a credit."))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(seats__gt=0, months__gt=0, of_days__gt=0, days__lte=F("of_days")),
                name="subscriptions_charge_of_something",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gt=F("period_from")), name="subscriptions_charge_period"
            ),
            models.CheckConstraint(
                condition=Q(kind=ChargeKind.CUT_OVER, days=0, cents=0)
                | Q(kind=ChargeKind.RENEWAL, days=F("of_days"), cents__gte=0)
                | Q(kind=ChargeKind.CREDIT, days__gt=0, cents__lte=0)
                | Q(kind__in=FOR_DAYS_LEFT, days__gt=0, cents__gte=0),
                name="subscriptions_charge_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=ChargeKind.PURCHASE, seat_change__isnull=False, order__isnull=False
                )
                | Q(kind=ChargeKind.FIRST_PERIOD, seat_change__isnull=False)
                | Q(kind__in=_BY_ORDER, seat_change__isnull=True)
                | Q(kind__in=_BY_ITSELF, seat_change__isnull=True, order__isnull=True)
                | Q(kind=ChargeKind.CREDIT, order__isnull=False),
                name="subscriptions_charge_cause",
            ),
            models.CheckConstraint(
                condition=Q(kind=ChargeKind.CREDIT, credits__isnull=False)
                | ~Q(kind=ChargeKind.CREDIT) & Q(credits__isnull=True),
                name="subscriptions_charge_credits_one",
            ),
            models.UniqueConstraint(
                fields=["line", "order"],
                condition=Q(kind=ChargeKind.PURCHASE),
                name="subscriptions_charge_purchase_once",
            ),
            models.UniqueConstraint(
                fields=["line", "period_from"],
                condition=Q(kind=ChargeKind.RENEWAL),
                name="subscriptions_charge_renewal_once",
            ),
            names_actor("subscriptions_charge_names_actor"),
        )

    def __str__(self) -> str:
        return f"{moment(self.at)} · {self.line}: {self.get_kind_display()}"

    @property
    def is_of_plan_change(self) -> bool:
        """Whether another plan took a line over by it; of rows read with their order."""
        return self.order is not None and self.order.kind == OrderKind.PLAN

    @property
    def full_cents(self) -> int:
        """What the seats cost for a whole period."""
        return self.seats * self.unit_cents * self.months

    @property
    def days_between(self) -> int:
        """The days from the first one charged to the last."""
        return (self.period_to - self.period_from).days
