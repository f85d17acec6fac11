from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import staff
from accounts.models.accounts import AccountQuerySet
from accounts.rules.staff import check_may_serve
from core.admin import MadeByAction, ReadOnly, ReadOnlyInline, form_page
from core.csv_lists import Column
from core.date_range import DateRange
from core.money import format_money
from core.views import refusals_on
from subscriptions.actions import add_line, open_subscription, renew_if_due
from subscriptions.admin.account_desk import desk_of
from subscriptions.admin.forms import AddLineForm, OpenSubscriptionForm
from subscriptions.models import Line, SeatPool, Subscription
from subscriptions.models.seats import SeatPoolQuerySet


class PoolInline(ReadOnlyInline):
    """The numbers, and the lines that share them; changed by actions alone."""

    model = SeatPool
    fields = ("seats", "assigned", "seats_at_renewal", "lines")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SeatPool]:
        pools = cast(SeatPoolQuerySet, super().get_queryset(request))
        return pools.select_related("subscription").standing().with_lines()

    @admin.display(description=gettext_lazy("lines"))
    def lines(self, pool: SeatPool) -> str:
        return " + ".join(_line(line, pool.subscription.currency) for line in pool.lines.all())


def _line(line: Line, currency: str) -> str:
    return f"{line} ({format_money(line.unit_cents, currency)})"


class DeskList(ChangeList):
    """Leads on to the page of the account."""

    def url_for_result(self, result: Any) -> str:
        return desk_of(result.account_id)


@admin.register(Subscription)
class SubscriptionAdmin(MadeByAction):
    """Opened here, with its lines; seats are then bought, requested and removed by the account."""

    creation_form = OpenSubscriptionForm
    inlines = (PoolInline,)
    list_display = ("account", "currency", "cycle", "period_end")
    list_filter = ("account__kind", "currency", "cycle", ("period_end", DateRange))
    csv_columns = ("account", "currency", "cycle", "started_on", "period_start", "period_end")
    list_select_related = ("account",)
    search_fields = ("account__name", "account__slug")
    fields = ("account", "currency", "cycle", "started_on", "period_start", "period_end")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Also whoever represents accounts, for those (D15)."""
        return staff(request).serves_accounts()

    def form_to_create(self, request: HttpRequest) -> forms.Form | forms.ModelForm:
        form = super().form_to_create(request)
        accounts = cast(forms.ModelChoiceField, form.fields["account"])
        found = cast(AccountQuerySet, accounts.queryset)
        accounts.queryset = found.visible_to_staff(staff(request))
        return form

    def create(self, request: HttpRequest, cleaned: dict[str, Any]) -> Model:
        check_may_serve(staff(request), cleaned["account"])
        return open_subscription(**cleaned, at=timezone.now())

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(request, _("Subscription created. Add the first line."), messages.SUCCESS)
        return HttpResponseRedirect(desk_of(obj.account_id))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.add_line_view)
        name = "subscriptions_subscription_add_line"
        return [path("<int:pk>/add-line/", view, name=name), *super().get_urls()]

    def add_line_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a plan, with seats of its own or counted together with another line (R9)."""
        subscription = self.get_object(request, str(pk))
        if subscription is None or not request.user.is_superuser:
            raise Http404
        now, sent = timezone.now(), request.POST if request.method == "POST" else None
        if sent is not None:
            renew_if_due(subscription, now)
        with_retired = "retired" in request.GET
        form = AddLineForm(subscription, now.date(), sent, with_retired=with_retired)
        if form.is_valid():
            with refusals_on(form):
                line = _add_line(subscription, form.cleaned_data, request)
                done = _("Line added: %(line)s.") % {"line": line}
                self.log_change(request, subscription, done)
                self.message_user(request, done, messages.SUCCESS)
                return HttpResponseRedirect(desk_of(subscription.account_id))
        title = _("Add a line")
        return form_page(self, request, form, title=title, button=title, original=subscription)


def _add_line(subscription: Subscription, cleaned: dict[str, Any], request: HttpRequest) -> Line:
    cleaned = {**cleaned, "seats": cleaned["seats"] or 0}
    return add_line(subscription=subscription, **cleaned, by=staff(request), at=timezone.now())


@admin.register(SeatPool)
class SeatPoolAdmin(ReadOnly):
    """The numbers of every pool, as the ledger adds them up."""

    list_display = ("name", "account", "seats", "assigned", "available", "seats_at_renewal")
    list_select_related = ("subscription__account",)
    search_fields = ("name", "subscription__account__name", "subscription__account__slug")
    search_help_text = gettext_lazy("Pool or account")
    csv_columns = (
        "name", "account",
        Column(gettext_lazy("kind"), "subscription.account.get_kind_display"),
        "seats", "assigned", "available", "seats_at_renewal",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("account"), ordering="subscription__account__name")
    def account(self, pool: SeatPool) -> str:
        return pool.subscription.account.name

    @admin.display(description=gettext_lazy("available"))
    def available(self, pool: SeatPool) -> int:
        return pool.seats - pool.assigned
