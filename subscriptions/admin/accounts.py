"""Accounts in Django admin, once subscriptions are known: a new one is set up next."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from subscriptions.actions import change_account_kind
from subscriptions.admin.changes import ChangesAdmin
from subscriptions.models import Line, Plan

admin.site.unregister(Account)


class PlanFilter(admin.SimpleListFilter):
    """Accounts that use a plan."""

    title = gettext_lazy("plan")
    parameter_name = "plan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(plan.pk), str(plan)) for plan in Plan.objects.select_related("product")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        plan = self.value() or ""
        if not plan.isdecimal():
            return queryset
        lines = Line.objects.standing().filter(plan=int(plan))
        return queryset.filter(pk__in=lines.values("pool__subscription__account"))


@admin.register(Account)
class SubscribingAccountAdmin(ChangesAdmin):
    """As in accounts, where nothing is known of subscriptions."""

    list_filter: ClassVar[Any] = (*ChangesAdmin.list_filter, PlanFilter)
    call_change_kind = staticmethod(change_account_kind)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """An account without a subscription is of no use to anyone yet: that is the next step."""
        opened = _(
            "%(account)s has been created and its owner invited. Next, set up the subscription."
        )
        self.message_user(request, opened % {"account": obj}, messages.SUCCESS)
        page = reverse("admin:subscriptions_subscription_add")
        return HttpResponseRedirect(f"{page}?account={obj.pk}")
