"""The ledger of money and the prices of lines, for superusers to read (D16)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin.channels import ShowsChannel
from core.admin import ReadOnly
from core.money import format_money
from subscriptions.models import Charge, LinePrice


@admin.register(Charge)
class ChargeAdmin(ShowsChannel, ReadOnly):
    """What each line cost, for which days and why, newest first."""

    list_display = (
        "at", "account", "line", "kind", "period_from", "period_to", "seats", "amount", "by",
        "through",
    )  # fmt: skip
    list_filter = ("kind", "channel", "at")
    list_select_related = ("account", "line__plan__product", "by", "token")
    search_fields = ("account__name", "account__slug", "line__plan__product__name")
    search_help_text = gettext_lazy("Account or product")
    fields = (
        "account", "line", "at", "by", "through", "kind", "seat_change", "order", "period_from",
        "period_to", "days", "of_days", "seats", "unit_price", "months", "amount",
    )  # fmt: skip
    readonly_fields = ("through", "unit_price", "amount")

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, charge: Charge) -> str:
        return format_money(charge.cents, charge.currency)

    @admin.display(description=gettext_lazy("per seat per month"))
    def unit_price(self, charge: Charge) -> str:
        return format_money(charge.unit_cents, charge.currency)


@admin.register(LinePrice)
class LinePriceAdmin(ShowsChannel, ReadOnly):
    """Every price each line has had, newest first."""

    list_display = ("at", "account", "line", "from_day", "unit_price", "by", "through")
    list_filter = ("channel", "from_day")
    list_select_related = (
        "line__plan__product", "line__pool__subscription__account", "by", "token",
    )  # fmt: skip
    search_fields = ("line__pool__subscription__account__name", "line__plan__product__name")
    search_help_text = gettext_lazy("Account or product")
    fields = ("account", "line", "from_day", "unit_price", "at", "by", "through")
    readonly_fields = ("account", "unit_price", "through")

    @admin.display(description=gettext_lazy("account"))
    def account(self, price: LinePrice) -> str:
        return str(price.line.pool.subscription.account)

    @admin.display(description=gettext_lazy("per seat per month"))
    def unit_price(self, price: LinePrice) -> str:
        currency = price.line.pool.subscription.currency
        return format_money(price.unit_cents, currency)
