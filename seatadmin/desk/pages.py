"""The lists behind the numbers of Today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff
from subscriptions.models import Cycle
from subscriptions.selectors.desk.amounts import sums
from subscriptions.selectors.desk.renewals import SOON, renewals, renewing
from subscriptions.selectors.desk.scheduled import scheduled
from subscriptions.selectors.desk.seats import short_pools, unused, unused_pools

_PER_PAGE = 50


@dataclass(frozen=True)
class Choice:
    """One value of a filter, as a link."""

    label: str
    query: str
    is_chosen: bool


def renewals_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """What renews within 60 days or a year, and its sum in each currency."""
    today = timezone.now().date()
    days = "365" if request.GET.get("days") == "365" else "60"
    cycle = request.GET.get("cycle", Cycle.ANNUAL.value)
    if cycle not in (*Cycle.values, "all"):
        cycle = Cycle.ANNUAL.value
    until = today + (SOON if days == "60" else timedelta(days=365))
    only = None if cycle == "all" else Cycle(cycle)
    rows = renewals(renewing(staff(request), today, until, only))
    spans = {"60": _("60 days"), "365": _("12 months")}
    cycles = {**{c.value: str(c.label) for c in reversed(Cycle)}, "all": _("All")}
    more = {
        "title": _("Renewals"),
        "query": f"days={days}&cycle={cycle}",
        "values": sums(row.value for row in rows),
        "filters": [
            (
                _("Within"),
                [Choice(v, f"days={k}&cycle={cycle}", k == days) for k, v in spans.items()],
            ),
            (
                _("Billing"),
                [Choice(v, f"days={days}&cycle={k}", k == cycle) for k, v in cycles.items()],
            ),
        ],
    }
    return _page(request, frame, "admin/desk/renewals.html", rows, more)


def short_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """Pools with one seat left or none, where nobody has asked for more."""
    more = {"title": _("Short of seats")}
    return _page(request, frame, "admin/desk/short.html", short_pools(staff(request)), more)


def unused_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """Pools with seats that nobody has, those with most first."""
    user = staff(request)
    more = {"title": _("Unused seats"), "unused": unused(user)}
    return _page(request, frame, "admin/desk/unused.html", unused_pools(user), more)


def scheduled_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """What changes by itself on a day to come."""
    more = {"title": _("Scheduled changes")}
    return _page(request, frame, "admin/desk/scheduled.html", scheduled(staff(request)), more)


def _page(
    request: HttpRequest,
    frame: dict[str, Any],
    template: str,
    rows: QuerySet | Sequence[Any],
    more: dict[str, Any],
) -> HttpResponse:
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, template, {**frame, "page": page, **more})
