from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from seatadmin.desk.sidebar import sidebar


class SalesDesk(admin.AdminSite):
    """Django's admin site with the sidebar of the desk on each of its pages."""

    # Its own lists every model of every app; ours what a representative works with.
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        groups = sidebar(self, request) if context["has_permission"] else ()
        return {**context, "sidebar": groups}
