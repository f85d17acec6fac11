"""Plans: who uses them, at what price; retired and sold again (R23)."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff
from core.csv_lists import Column
from core.money import format_money
from subscriptions.actions import retire_plan, sell_again
from subscriptions.admin.catalog import ReadBySales, prices_page
from subscriptions.admin.catalog_forms import TierForm
from subscriptions.models import Currency, Cycle, Plan
from subscriptions.rules.catalog import Cell, cells_of
from subscriptions.selectors.catalog import retirement


def _amount(cell: Cell) -> Column:
    """The price of every plan in this place, from what is prefetched."""

    def cents(plan: Plan) -> Any:
        prices = plan.prices.all()
        found = [p.amount for p in prices if (p.currency, p.cycle) == (cell.currency, cell.cycle)]
        return found[0] if found else None

    return Column(format_lazy("{} {}", cell.currency, cell.cycle.label), cents)


@admin.register(Plan)
class PlanAdmin(ReadBySales):
    """A product at a tier; made and priced on the page of its product."""

    form = TierForm
    list_display = ("page", "prices", "accounts_using", "lines_standing", "sold")
    list_display_links = None
    list_filter = ("is_legacy", "product")
    list_select_related = ("product",)
    search_fields = ("product__name", "tier")
    search_help_text = gettext_lazy("Product or tier")
    csv_columns = (
        "product", "tier", "sold", *map(_amount, cells_of(0)), "accounts_using", "lines_standing",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        plans: Any = super().get_queryset(request)
        return plans.with_use(staff(request)).prefetch_related("prices")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A plan is added with its prices, on the page of its product."""
        return False

    def get_urls(self) -> list[URLPattern]:
        views = {"retire": self.retire_view, "sell-again": self.sell_again_view}
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"subscriptions_plan_{name.replace('-', '_')}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What follows from it, before it is done."""
        done = _("%(plan)s is retired: it is no longer offered.")
        return self._turn(request, pk, retire_plan, done, is_legacy=True)

    def sell_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The way back."""
        done = _("%(plan)s is on sale again.")
        return self._turn(request, pk, sell_again, done, is_legacy=False)

    def _turn(
        self, request: HttpRequest, pk: int, act: Callable[..., bool], done: str, *, is_legacy: bool
    ) -> HttpResponse:
        plan = self.get_object(request, str(pk))
        if plan is None or not self.has_view_permission(request):
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        if plan.is_legacy == is_legacy:
            return HttpResponseRedirect(prices_page(plan.product))
        refused: list[str] = []
        if request.method == "POST":
            try:
                act(plan=plan, by=staff(request), at=timezone.now())
            except ValidationError as refusal:
                refused = refusal.messages
            else:
                self.message_user(request, done % {"plan": plan}, messages.SUCCESS)
                return HttpResponseRedirect(prices_page(plan.product))
        return self._turning(request, plan, refused)

    def _turning(self, request: HttpRequest, plan: Plan, refused: list[str]) -> TemplateResponse:
        title = _("Sell %(plan)s again") if plan.is_legacy else _("Retire %(plan)s")
        context = {
            **self.admin_site.each_context(request),
            "title": title % {"plan": plan},
            "opts": self.opts,
            "original": plan,
            "plan": plan,
            "back": prices_page(plan.product),
            "retirement": retirement(plan),
            "refused": refused,
        }
        template = "admin/subscriptions/plan/turn.html"
        return TemplateResponse(request, template, context, status=422 if refused else 200)

    @admin.display(description=gettext_lazy("plan"), ordering="product__name")
    def page(self, plan: Plan) -> SafeString:
        return format_html('<a href="{}">{}</a>', prices_page(plan.product), plan)

    @admin.display(description=gettext_lazy("sold"), ordering="is_legacy")
    def sold(self, plan: Plan) -> str:
        return _("Retired") if plan.is_legacy else _("On sale")

    @admin.display(description=gettext_lazy("accounts"), ordering="accounts_using")
    def accounts_using(self, plan: Any) -> int:
        count: int = plan.accounts_using
        return count

    @admin.display(description=gettext_lazy("lines"), ordering="lines_standing")
    def lines_standing(self, plan: Any) -> int:
        count: int = plan.lines_standing
        return count

    @admin.display(description=gettext_lazy("per seat per month"))
    def prices(self, plan: Plan) -> str:
        """And in which currency it cannot be sold."""
        said = [
            f"{format_money(price.cents, price.currency)} {Cycle(price.cycle).label}"
            for price in plan.prices.all()
        ]
        priced = {price.currency for price in plan.prices.all()}
        missing = [
            _("no price in %(currency)s") % {"currency": currency}
            for currency in Currency
            if currency not in priced
        ]
        return " · ".join([*said, *missing])
