from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db.models import F, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import two_lines
from core.csv_lists import Column, money
from core.date_range import DateRange
from core.money import format_money
from subscriptions.admin.sales_base import (
    NeededByFilter,
    RequestStatusFilter,
    SalesPage,
    named_filter,
)
from subscriptions.models import Line, SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet
from subscriptions.selectors.request_review import request_cost, seats_before_and_after

_ACCOUNT = "pool__subscription__account"
_CURRENCY = "pool.subscription.currency"


def _seats(place: int) -> Callable[[SeatRequest], int | None]:
    """Purchased seats before (0) or after (1) the request."""

    def number(obj: SeatRequest) -> int | None:
        found = seats_before_and_after(obj)
        return found[place] if found else None

    return number


def _today(obj: SeatRequest) -> int | None:
    return request_cost(obj, timezone.now().date()).today if obj.is_open else None


def _per_period(obj: SeatRequest) -> int | None:
    return request_cost(obj, timezone.now().date()).per_period if obj.is_open else None


_NOW_AND_AFTER = (
    Column(gettext_lazy("purchased"), _seats(0)),
    Column(gettext_lazy("purchased after"), _seats(1)),
)
_VALUE = (
    money(gettext_lazy("today"), _today, _CURRENCY)[0],
    money(gettext_lazy("per period"), _per_period, _CURRENCY)[0],
    *money(gettext_lazy("charged"), "order.charged_cents", _CURRENCY),
)


class SeatRequestList(SalesPage):
    """Every request of a rep's accounts: open ones unless asked otherwise, oldest first."""

    list_display = (
        "account_and_kind", "pool_name", "additional", "now_and_after", "value", "waiting",
        "needed", "state",
    )  # fmt: skip
    list_filter = (
        RequestStatusFilter,
        (f"{_ACCOUNT}__kind", named_filter(admin.ChoicesFieldListFilter, gettext_lazy("kind"))),
        NeededByFilter,
        ("requested_at", DateRange),
        (
            "addressed_to",
            named_filter(admin.ChoicesFieldListFilter, gettext_lazy("to be decided by")),
        ),
    )
    search_fields = (
        f"{_ACCOUNT}__name",
        f"{_ACCOUNT}__slug",
        "pool__name",
        "parts__requested_by__name",
        "parts__requested_by__user__email",
        "parts__reason",
    )
    search_help_text = gettext_lazy("Account, product, requester or reason")
    csv_columns = (
        Column(gettext_lazy("seat request"), str), "account", "kind", "pool_name", "seats",
        *_NOW_AND_AFTER, *_VALUE, "waiting", "requested_at",
        Column(gettext_lazy("requested by"), "askers"), "reason", "needed_by", "status",
        "decision_by", "closed_at", "note",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[SeatRequest]:
        requests = cast(SeatRequestQuerySet, super().get_queryset(request)).with_details()
        return requests.select_related("order").prefetch_related(
            Prefetch("pool__lines", Line.objects.with_products()), "changes"
        )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        is_todo = request.GET.get("status", "open") == "open"
        return ("requested_at", "pk") if is_todo else ("-requested_at", "-pk")

    @admin.display(description=gettext_lazy("account"), ordering=f"{_ACCOUNT}__name")
    def account_and_kind(self, obj: SeatRequest) -> SafeString:
        return two_lines(self.account(obj), self.kind(obj))

    @admin.display(description=gettext_lazy("account"), ordering=f"{_ACCOUNT}__name")
    def account(self, obj: SeatRequest) -> str:
        return obj.pool.subscription.account.name

    @admin.display(description=gettext_lazy("kind"), ordering=f"{_ACCOUNT}__kind")
    def kind(self, obj: SeatRequest) -> str:
        return obj.pool.subscription.account.get_kind_display()

    @admin.display(description=gettext_lazy("pool"), ordering="pool__name")
    def pool_name(self, obj: SeatRequest) -> str:
        return obj.pool.name

    @admin.display(description=gettext_lazy("additional seats"), ordering="seats")
    def additional(self, obj: SeatRequest) -> str:
        return f"+{localize(obj.seats)}"

    @admin.display(description=gettext_lazy("purchased now → after"))
    def now_and_after(self, obj: SeatRequest) -> str | SafeString:
        found = seats_before_and_after(obj)
        if found is None:
            return "–"
        now, after = map(localize, found)
        return format_html('<span class="nowrap">{} → {}</span>', now, after)

    @admin.display(description=gettext_lazy("value"))
    def value(self, obj: SeatRequest) -> str | SafeString:
        """Open: today's part of the period and a whole period; approved: what was charged."""
        if obj.order:
            cents = format_money(obj.order.charged_cents, obj.order.currency)
            return _("%(amount)s charged") % {"amount": cents}
        if not obj.is_open:
            return "–"
        amounts = request_cost(obj, timezone.now().date())
        today = _("%(amount)s today") % {"amount": format_money(amounts.today, amounts.currency)}
        return format_html(
            '<span class="nowrap">{}</span><br><span class="nowrap quiet">{}</span>',
            today,
            per_period(amounts.per_period, obj.pool.subscription),
        )

    @admin.display(description=gettext_lazy("days waiting"), ordering=F("requested_at").desc())
    def waiting(self, obj: SeatRequest) -> int:
        return obj.days_waiting(timezone.now())

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, obj: SeatRequest) -> SafeString:
        """And below it who is to decide, or who did."""
        decider = self.decision_by(obj)
        return two_lines(obj.get_status_display(), "" if decider == "–" else decider)

    @admin.display(description=gettext_lazy("decision by"), ordering="addressed_to")
    def decision_by(self, obj: SeatRequest) -> str:
        """Who is to decide; afterwards, who did, or who withdrew it."""
        return obj.get_addressed_to_display() if obj.is_open else obj.decider or "–"

    @admin.display(description=gettext_lazy("needed by"), ordering="needed_by")
    def needed(self, obj: SeatRequest) -> Any:
        return obj.needed_by


def per_period(cents: int, subscription: Any) -> str:
    amount = format_money(cents, subscription.currency)
    if subscription.months == 1:
        return _("%(amount)s per month") % {"amount": amount}
    return _("%(amount)s per year") % {"amount": amount}
