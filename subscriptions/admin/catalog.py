from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import SuperusersOnly
from core.money import format_money
from subscriptions.models import Plan, Price, Product, ProductKind


class ProductForm(forms.ModelForm):
    class Meta:
        model = Product
        fields = ("name", "kind", "includes", "is_main", "position")
        # Checkboxes work without scripts and are labelled in every language.
        widgets: ClassVar[dict[str, Any]] = {"includes": forms.CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any] | None:
        """Only a suite includes products, at least one, and no suites."""
        cleaned = super().clean() or {}
        is_suite = cleaned.get("kind") == ProductKind.SUITE
        included = cleaned.get("includes")
        if included is not None and is_suite != bool(included):
            self.add_error("includes", _("Only a suite can include products."))
        elif included and any(product.kind == ProductKind.SUITE for product in included):
            self.add_error("includes", _("A suite can include products, but not other suites."))
        return cleaned


class PriceForm(forms.ModelForm):
    """A price as people write it, 115.00; stored in cents."""

    amount = forms.DecimalField(
        label=gettext_lazy("per seat per month"),
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
    )

    class Meta:
        model = Price
        fields = ("currency", "cycle")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["amount"] = Decimal(self.instance.cents).scaleb(-2)

    def save(self, commit: bool = True) -> Price:
        self.instance.cents = int(self.cleaned_data["amount"] * 100)
        return super().save(commit)


class PriceInline(admin.TabularInline):
    model = Price
    form = PriceForm
    extra = 0


class PlanInline(admin.TabularInline):
    model = Plan
    fields = ("tier", "is_legacy")
    extra = 0
    show_change_link = True


@admin.register(Product)
class ProductAdmin(SuperusersOnly):
    """What is sold; what a suite includes."""

    form = ProductForm
    inlines = (PlanInline,)
    list_display = ("name", "kind", "included", "position")
    list_filter = ("kind",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).prefetch_related("includes")

    @admin.display(description=gettext_lazy("includes"))
    def included(self, product: Product) -> str:
        return ", ".join(part.name for part in product.includes.all()) or "–"


@admin.register(Plan)
class PlanAdmin(SuperusersOnly):
    """A product at a tier, with its prices; a new price counts for lines added from now on."""

    inlines = (PriceInline,)
    list_display = ("__str__", "product", "tier", "is_legacy", "prices")
    list_filter = ("is_legacy", "product")
    list_select_related = ("product",)
    search_fields = ("product__name", "tier")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return super().get_queryset(request).prefetch_related("prices")

    @admin.display(description=gettext_lazy("per seat per month"))
    def prices(self, plan: Plan) -> str:
        return " · ".join(
            f"{format_money(price.cents, price.currency)} {price.get_cycle_display()}"
            for price in plan.prices.all()
        )
