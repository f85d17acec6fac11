"""What both lists of Sales have in common: a rep sees the accounts they represent (R22)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff
from core.admin import HeadedByRows
from subscriptions.models import RequestStatus

SOON_DAYS = 7


class SalesPage(HeadedByRows):
    """List, page, search and history all start from here; nothing is edited in place."""

    change_list_template = "admin/subscriptions/sales_list.html"
    actions = None
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to_staff(staff(request))  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        return [path("<int:pk>/", self.admin_site.admin_view(self.short_view)), *super().get_urls()]

    def short_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The address without a last word leads on to the page, for those who may open it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if self.get_object(request, str(pk)) is None:
            raise Http404
        return HttpResponseRedirect("change/")

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Somebody else's page is not there; the admin would send the rep to its start page."""
        raise Http404

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OpenFirst(admin.SimpleListFilter):
    """A status that is "Open" unless another is chosen: first what is left to do."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def chosen(self) -> str:
        return self.value() or "open"

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for key, label in (*self.lookup_choices, ("all", _("All"))):
            yield {
                "selected": self.chosen() == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": label,
            }


class RequestStatusFilter(OpenFirst):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(status), str(status.label)) for status in RequestStatus]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.chosen() == "all" else queryset.filter(status=self.chosen())


class ServiceOrderStatusFilter(OpenFirst):
    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("Open")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.chosen() == "all":
            return queryset
        return queryset.filter(closed_at__isnull=self.chosen() == "open")


class NeededByFilter(admin.SimpleListFilter):
    title = gettext_lazy("needed by")
    parameter_name = "needed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("late", _("Overdue")),
            ("soon", _("Within %(days)s days") % {"days": SOON_DAYS}),
            ("later", _("Later")),
            ("none", _("No date")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today = timezone.now().date()
        soon = today + timedelta(days=SOON_DAYS)
        chosen: dict[str, dict[str, Any]] = {
            "late": {"needed_by__lt": today},
            "soon": {"needed_by__range": (today, soon)},
            "later": {"needed_by__gt": soon},
            "none": {"needed_by": None},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


def named_filter(field_filter: type[admin.FieldListFilter], name: Any) -> type:
    """A filter on a field of a related table, under a title people understand."""

    class Named(field_filter):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = name

    return Named
