from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _

from seatadmin.desk import pages
from seatadmin.desk.access import sees_desk
from seatadmin.desk.search import search
from seatadmin.desk.sidebar import sidebar
from seatadmin.desk.today import today

# The page of one account, where everything about it is done.
ACCOUNT_PAGE = "admin:accounts_account_desk"
# A page of the desk, from what every page of the admin is given.
Page = Callable[[HttpRequest, dict[str, Any]], HttpResponse]


class SalesDesk(admin.AdminSite):
    """Django's admin site, with a home, a search and a sidebar for those who sell (D15)."""

    # Its own lists every model of every app; ours what a representative works with.
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if not context["has_permission"]:
            return context
        return {
            **context,
            "sidebar": sidebar(self, request),
            "searches": sees_desk(request),
            "account_page": ACCOUNT_PAGE,
        }

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = (
            ("search/", search, "search"),
            ("renewals/", pages.renewals_page, "desk_renewals"),
            ("short/", pages.short_page, "desk_short"),
            ("unused/", pages.unused_page, "desk_unused"),
            ("scheduled/", pages.scheduled_page, "desk_scheduled"),
        )
        return [
            *(path(at, self.admin_view(self._page(view)), name=name) for at, view, name in own),
            path("lists/", self.admin_view(self.lists), name="desk_lists"),
            *super().get_urls(),
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Today for those who sell; for other staff, the lists they may open."""
        if not sees_desk(request):
            return self.lists(request)
        return today(request, self.each_context(request))

    def lists(self, request: HttpRequest) -> TemplateResponse:
        """Every list of the admin that this person may open, as Django shows them."""
        return super().index(request, {"title": _("All lists")})

    def _page(self, view: Page) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def page(request: HttpRequest) -> HttpResponse:
            if not sees_desk(request):
                raise PermissionDenied
            return view(request, self.each_context(request))

        return page
