"""Products with the prices of their plans: Sales reads them, superusers change them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import staff
from core.admin import SuperusersOnly
from core.errors import status_of_form
from core.views import refusals_on
from subscriptions.actions import set_prices
from subscriptions.admin.catalog_forms import PricesForm, ProductForm
from subscriptions.models import Currency, Cycle, Plan, Product
from subscriptions.rules.catalog import PriceChange
from subscriptions.selectors.catalog import plan_rows, prices_of


class ReadBySales(SuperusersOnly):
    """Read by whoever may see the model, as the groups of Sales; changed by superusers."""

    actions: Any = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}")


@admin.register(Product)
class ProductAdmin(ReadBySales):
    """What is sold, what a suite includes; and all prices of a product on one page."""

    form = ProductForm
    list_display = ("page", "kind", "included", "on_sale", "retired")
    list_display_links = None
    list_filter = ("kind",)
    search_fields = ("name", "plans__tier")
    search_help_text = gettext_lazy("Product or tier")
    csv_columns = ("name", "kind", "included", "on_sale", "retired", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        plans = Prefetch("plans", Plan.objects.order_by("pk"))
        return super().get_queryset(request).prefetch_related("includes", plans)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.prices_view)
        name = "subscriptions_product_prices"
        return [path("<int:pk>/prices/", view, name=name), *super().get_urls()]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """A product without a plan cannot be sold: that is the next step."""
        done = _("%(product)s has been added. Next, set the prices of its plans.")
        self.message_user(request, done % {"product": obj}, messages.SUCCESS)
        return HttpResponseRedirect(prices_page(obj))

    def prices_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All plans with all prices; superusers save them at once, or not at all."""
        product = self.get_object(request, str(pk))
        if product is None or not self.has_view_permission(request):
            raise Http404
        prices, rows = prices_of(product), plan_rows(product, staff(request))
        sent = request.POST if request.method == "POST" else None
        if sent is not None and not self.has_change_permission(request):
            raise PermissionDenied
        form = PricesForm(rows, prices, sent)
        if form.is_valid():
            with refusals_on(form):
                changed = set_prices(
                    product=product,
                    prices=form.prices,
                    new=form.new,
                    expected=form.cleaned_data["expected"],
                    by=staff(request),
                    at=timezone.now(),
                )
                self.message_user(request, _saved(changed), messages.SUCCESS)
                return HttpResponseRedirect(prices_page(product))
        return self._prices_page(request, product, form)

    def _prices_page(
        self, request: HttpRequest, product: Product, form: PricesForm
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": product.name,
            "opts": self.opts,
            "original": product,
            "form": form,
            "currencies": list(Currency),
            "cycles": list(Cycle),
            "can_change": self.has_change_permission(request),
            "can_see_accounts": request.user.has_perm("accounts.view_account"),
        }
        template = "admin/subscriptions/product/prices.html"
        return TemplateResponse(request, template, context, status=status_of_form(form))

    @admin.display(description=gettext_lazy("product"), ordering="name")
    def page(self, product: Product) -> SafeString:
        return format_html('<a href="{}">{}</a>', prices_page(product), product.name)

    @admin.display(description=gettext_lazy("includes"))
    def included(self, product: Product) -> str:
        return ", ".join(part.name for part in product.includes.all()) or "–"

    @admin.display(description=gettext_lazy("on sale"))
    def on_sale(self, product: Product) -> str:
        return _tiers(plan for plan in product.plans.all() if not plan.is_legacy)

    @admin.display(description=gettext_lazy("retired"))
    def retired(self, product: Product) -> str:
        return _tiers(plan for plan in product.plans.all() if plan.is_legacy)


def prices_page(product: Product) -> str:
    return reverse("admin:subscriptions_product_prices", args=[product.pk])


def _tiers(plans: Any) -> str:
    """An add-on has no tiers, but a plan."""
    return ", ".join(plan.tier or str(_("yes")) for plan in plans) or "–"


def _saved(changed: list[PriceChange]) -> str:
    if not changed:
        return _("Nothing was different: the prices are as they were.")
    said = ngettext("%(count)d price changed.", "%(count)d prices changed.", len(changed))
    rest = _("It counts for lines added from now on; lines that exist keep theirs.")
    return said % {"count": len(changed)} + " " + rest
