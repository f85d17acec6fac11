"""The search in the header of the desk, and the page of what it finds."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import staff
from subscriptions.models import Order
from subscriptions.selectors.desk.search import (
    found_accounts,
    found_orders,
    found_people,
    found_requests,
)

SHOWN, _PER_PAGE, _LONGEST = 10, 50, 200


@dataclass(frozen=True)
class Found:
    """What was found of one kind: its first rows, or a page of all where it is shown alone."""

    kind: str
    heading: str
    page: Page
    is_alone: bool

    @property
    def template(self) -> str:
        """How one row of it looks."""
        return f"admin/desk/_found_{self.kind}.html"

    @property
    def has_more(self) -> bool:
        return self.page.has_other_pages()


def search(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """Ten of each kind, or all of the kind `show`; a number that is one thing leads there."""
    text = request.GET.get("q", "").strip()[:_LONGEST]
    alone = request.GET.get("show", "")
    found = [each for each in _found(request, text, alone) if each.page.paginator.count]
    only = _only_number(found)
    if only:
        return HttpResponseRedirect(only)
    context = {
        **frame,
        "title": _("Search"),
        "text": text,
        "found": found,
        "query": urlencode({"q": text, "show": alone}),
    }
    return TemplateResponse(request, "admin/desk/search.html", context)


def _found(request: HttpRequest, text: str, alone: str) -> list[Found]:
    user = staff(request)
    kinds: list[tuple[str, str, QuerySet]] = [
        ("requests", _("Requests"), found_requests(user, text)),
        ("accounts", _("Accounts"), found_accounts(user, text)),
        ("people", _("People"), found_people(user, text)),
    ]
    if admin.site.get_model_admin(Order).has_view_permission(request):
        kinds.insert(1, ("orders", _("Orders"), found_orders(user, text)))
    if alone in [kind for kind, _heading, _rows in kinds]:
        pages = [(k, h, Paginator(rows, _PER_PAGE)) for k, h, rows in kinds if k == alone]
    else:
        pages = [(k, h, Paginator(rows, SHOWN)) for k, h, rows in kinds]
    number = request.GET.get("page") if alone else 1
    return [
        Found(kind, heading, rows.get_page(number), kind == alone) for kind, heading, rows in pages
    ]


def _only_number(found: list[Found]) -> str | None:
    """The page of the request or order, where its number is all that was found."""
    pages = {
        "requests": "admin:subscriptions_seatrequest_change",
        "orders": "admin:subscriptions_order_change",
    }
    if len(found) != 1 or found[0].kind not in pages or len(found[0].page.object_list) != 1:
        return None
    return reverse(pages[found[0].kind], args=[found[0].page.object_list[0].pk])
