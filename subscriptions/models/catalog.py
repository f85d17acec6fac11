from decimal import Decimal

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User


class Currency(models.TextChoices):
    EUR = "EUR", _("Euro")
    USD = "USD", _("US dollar")


class Cycle(models.TextChoices):
    MONTHLY = "monthly", _("Monthly")
    ANNUAL = "annual", _("Annual")

    @property
    def months(self) -> int:
        return 12 if self is Cycle.ANNUAL else 1


class ProductKind(models.TextChoices):
    PRODUCT = "product", _("Product")
    SUITE = "suite", _("Suite")
    ADD_ON = "add_on", _("Add-on")


class Product(models.Model):
    """What is sold; a suite is one product whose seat covers several others."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ProductKind)
    includes = models.ManyToManyField(
        "self", symmetrical=False, blank=True, verbose_name=_("includes")
    )
    is_main = models.BooleanField(
        _("main product"), default=False,
        help_text=_(
            "Most agents need a seat of this product, so it is offered first. Suites always are."
        ),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


def is_called_legacy(name: str) -> bool:
    """Whether a name says that the plan is a legacy plan, in any of its writings."""
    return "legacy" in name.casefold()


class PlanQuerySet(models.QuerySet["Plan"]):
    def on_sale(self) -> "PlanQuerySet":
        """Those that are offered where a line is added (R23)."""
        return self.filter(is_legacy=False)

    def with_use(self, reader: User) -> "PlanQuerySet":
        """With `accounts_using`, of those the reader may see, and with `lines_standing`."""
        theirs = Account.objects.visible_to_staff(reader)
        standing = Q(lines__ended_on=None)
        seen = standing & Q(lines__pool__subscription__account__in=theirs)
        return self.annotate(
            accounts_using=Count("lines__pool__subscription", filter=seen, distinct=True),
            lines_standing=Count("lines", filter=standing, distinct=True),
        )


class Plan(models.Model):
    """A product at a tier, with prices. One that is legacy is retired: no longer offered."""

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="plans", verbose_name=_("product")
    )
    tier = models.CharField(
        _("tier"), max_length=50, blank=True, help_text=_("Leave empty for an add-on.")
    )
    is_legacy = models.BooleanField(
        _("legacy"), default=False,
        help_text=_("Only unassigned seats can be removed, at renewal."),
    )  # fmt: skip

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("product", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["product", "tier", "is_legacy"], name="subscriptions_plan_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.product.name} {self.tier}".strip()


class Price(models.Model):
    """What a plan costs a new subscription, in cents per seat and month."""

    plan = models.ForeignKey(
        Plan, on_delete=models.CASCADE, related_name="prices", verbose_name=_("plan")
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    cycle = models.CharField(_("billing"), max_length=10, choices=Cycle)
    cents = models.PositiveIntegerField(_("cents per seat per month"))

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "currency", "cycle"], name="subscriptions_price_once"
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="subscriptions_price_positive"),
        )

    def __str__(self) -> str:
        return f"{self.plan} {self.currency} {self.cycle}"

    @property
    def amount(self) -> Decimal:
        """In the currency, not in cents."""
        return Decimal(self.cents).scaleb(-2)
