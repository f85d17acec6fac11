"""The ledger of money and the prices of lines, for superusers to read (D16)."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.channels import ACTOR, ShowsChannel
from core.admin import ReadOnly, two_lines
from core.csv_lists import money
from core.date_range import DateRange
from core.dates import day
from core.money import format_money
from subscriptions.models import Charge, LinePrice
from subscriptions.rules.proration import is_rounding_shared


class ShowsMoney:
    """Charges in money and not in cents."""

    @admin.display(description=gettext_lazy("amount"), ordering="cents")
    def amount(self, charge: Charge) -> str:
        """With a word on a cent that the formula alone does not explain (N10)."""
        money = format_money(charge.cents, charge.currency)
        parts = (charge.cents, charge.full_cents, charge.days, charge.of_days)
        if charge.order_id is None or not is_rounding_shared(*parts):
            return money
        shared = _("Rounding is shared so that the parts add up to the sum.")
        return f"{money} ({shared})"

    @admin.display(description=gettext_lazy("per seat per month"))
    def unit_price(self, charge: Charge) -> str:
        return format_money(charge.unit_cents, charge.currency)


@admin.register(Charge)
class ChargeAdmin(ShowsMoney, ShowsChannel, ReadOnly):
    """What each line cost, for which days and why, newest first."""

    list_display = ("at", "account_and_line", "kind", "period", "seats", "amount", "who")
    list_filter = ("kind", "currency", "channel", ("at", DateRange))
    csv_columns = (
        "at", "account", "line", "kind", "period_from", "period_to", "days", "of_days", "seats",
        *money(gettext_lazy("per seat per month"), "unit_cents", "currency")[:1], "months",
        *money(gettext_lazy("amount"), "cents", "currency"), *ACTOR,
    )  # fmt: skip
    list_select_related = ("account", "line__plan__product", "by", "token")
    search_fields = ("account__name", "account__slug", "line__plan__product__name")
    search_help_text = gettext_lazy("Account or product")
    fields = (
        "account", "line", "at", "by", "through", "kind", "seat_change", "order", "period_from",
        "period_to", "days", "of_days", "seats", "unit_price", "months", "amount",
    )  # fmt: skip
    readonly_fields = ("through", "unit_price", "amount")

    @admin.display(description=gettext_lazy("account and line"), ordering="account__name")
    def account_and_line(self, charge: Charge) -> SafeString:
        return two_lines(charge.account, charge.line)

    @admin.display(description=gettext_lazy("period"), ordering="period_from")
    def period(self, charge: Charge) -> str:
        """The first day and the last, both included."""
        return f"{day(charge.period_from)} – {day(charge.period_to - timedelta(days=1))}"


class ChargesOfOrder(ShowsMoney, admin.TabularInline):
    """What the sum of an order consists of, line by line (N10)."""

    model = Charge
    fields = ("line", "seats", "unit_price", "months", "days", "of_days", "amount")
    readonly_fields = fields
    can_delete = False
    show_change_link = True
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the order."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Charge]:
        return super().get_queryset(request).select_related("line__plan__product").order_by("pk")


@admin.register(LinePrice)
class LinePriceAdmin(ShowsChannel, ReadOnly):
    """Every price each line has had, newest first."""

    list_display = ("at", "account", "line", "from_day", "unit_price", "who")
    list_filter = ("channel", ("from_day", DateRange))
    csv_columns = (
        "at", "account", "line", "from_day",
        *money(
            gettext_lazy("per seat per month"), "unit_cents", "line.pool.subscription.currency"
        ),
        *ACTOR,
    )  # fmt: skip
    list_select_related = (
        "line__plan__product", "line__pool__subscription__account", "by", "token",
    )  # fmt: skip
    search_fields = ("line__pool__subscription__account__name", "line__plan__product__name")
    search_help_text = gettext_lazy("Account or product")
    fields = ("account", "line", "from_day", "unit_price", "at", "by", "through")
    readonly_fields = ("account", "unit_price", "through")

    @admin.display(
        description=gettext_lazy("account"), ordering="line__pool__subscription__account__name"
    )
    def account(self, price: LinePrice) -> str:
        return str(price.line.pool.subscription.account)

    @admin.display(description=gettext_lazy("per seat per month"))
    def unit_price(self, price: LinePrice) -> str:
        currency = price.line.pool.subscription.currency
        return format_money(price.unit_cents, currency)
