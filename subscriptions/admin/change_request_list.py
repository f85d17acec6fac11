from typing import Any, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from core.admin import two_lines
from core.csv_lists import Column
from subscriptions.admin.sales_base import OpenFirst, SalesPage, named_filter
from subscriptions.models import ChangeRequest, ChangeRequestStatus
from subscriptions.models.change_requests import ChangeRequestQuerySet


class ChangeRequestStatusFilter(OpenFirst):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(status), str(status.label)) for status in ChangeRequestStatus]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.chosen() == "all" else queryset.filter(status=self.chosen())


class ChangeRequestList(SalesPage):
    """Every change request of a rep's accounts: open ones unless asked otherwise, oldest first."""

    list_display = ("account_and_kind", "kind", "change", "waiting", "wanted_on", "state")
    csv_columns = (
        Column(gettext_lazy("seat request"), str), "account_name", "account_kind",
        Column(gettext_lazy("what is requested"), "get_kind_display"), "change", "waiting",
        "requested_at", Column(gettext_lazy("requested by"), "requested_by"), "reason",
        "wanted_on", "status", "decision_by",
    )  # fmt: skip
    list_filter = (
        ChangeRequestStatusFilter,
        ("kind", named_filter(admin.ChoicesFieldListFilter, gettext_lazy("what is requested"))),
        ("account__kind", named_filter(admin.ChoicesFieldListFilter, gettext_lazy("kind"))),
    )
    search_fields = (
        "account__name",
        "account__slug",
        "pool__name",
        "plan__product__name",
        "requested_by__name",
        "requested_by__user__email",
        "reason",
    )
    search_help_text = gettext_lazy("Account, product, requester or reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeRequest]:
        return cast(ChangeRequestQuerySet, super().get_queryset(request)).with_details()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        is_todo = request.GET.get("status", "open") == "open"
        return ("requested_at", "pk") if is_todo else ("-requested_at", "-pk")

    @admin.display(description=gettext_lazy("account"), ordering="account__name")
    def account_and_kind(self, obj: ChangeRequest) -> SafeString:
        return two_lines(obj.account.name, self.account_kind(obj))

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, obj: ChangeRequest) -> SafeString:
        """And below it who is to decide, or who did."""
        decider = self.decision_by(obj)
        return two_lines(obj.get_status_display(), "" if decider == "–" else decider)

    @admin.display(description=gettext_lazy("account"), ordering="account__name")
    def account_name(self, obj: ChangeRequest) -> str:
        return obj.account.name

    @admin.display(description=gettext_lazy("kind"), ordering="account__kind")
    def account_kind(self, obj: ChangeRequest) -> str:
        return obj.account.get_kind_display()

    @admin.display(description=gettext_lazy("change"))
    def change(self, obj: ChangeRequest) -> str:
        return obj.what or "–"

    @admin.display(description=gettext_lazy("days waiting"), ordering=F("requested_at").desc())
    def waiting(self, obj: ChangeRequest) -> int:
        return obj.days_waiting(timezone.now())

    @admin.display(description=gettext_lazy("decision by"), ordering="addressed_to")
    def decision_by(self, obj: ChangeRequest) -> str:
        """Who is to decide; afterwards, who did, or who withdrew it."""
        return obj.get_addressed_to_display() if obj.is_open else obj.decider or "–"
