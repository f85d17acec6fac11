from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.csv_lists import Column
from core.date_range import DateRange
from subscriptions.admin.sales_base import SalesPage, ServiceOrderStatusFilter
from subscriptions.models import ServiceOrder


@admin.register(ServiceOrder)
class ServiceOrderAdmin(SalesPage):
    """The representative's work; closed by deciding on the request it belongs to (R19)."""

    list_display = ("__str__", "account", "request_link", "status", "opened_at", "closed_at")
    list_filter = (ServiceOrderStatusFilter, ("opened_at", DateRange))
    csv_columns = (
        Column(gettext_lazy("number"), "number"), "account",
        Column(gettext_lazy("seat request"), "seat_request"), "status", "opened_at", "closed_at",
    )  # fmt: skip
    list_select_related = ("seat_request__pool__subscription__account",)
    search_fields = (
        "seat_request__pool__subscription__account__name",
        "seat_request__pool__subscription__account__slug",
        "seat_request__pool__name",
        "seat_request__parts__requested_by__name",
    )
    search_help_text = gettext_lazy("Account, product, requester or number (SO-000001)")
    fields = ("__str__", "account", "request_link", "status", "opened_at", "closed_at")
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        number = search_term.strip().upper().removeprefix("SO-")
        if search_term.strip().upper().startswith("SO-") and number.isdecimal():
            return queryset.filter(pk=int(number[:18])), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("account"))
    def account(self, order: ServiceOrder) -> str:
        return order.seat_request.pool.subscription.account.name

    @admin.display(description=gettext_lazy("seat request"))
    def request_link(self, order: ServiceOrder) -> str:
        page = reverse("admin:subscriptions_seatrequest_change", args=[order.seat_request_id])
        return format_html('<a href="{}">{}</a>', page, order.seat_request)

    @admin.display(description=gettext_lazy("status"), ordering="closed_at")
    def status(self, order: ServiceOrder) -> str:
        return _("Open") if order.is_open else _("Closed")
