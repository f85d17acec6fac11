"""The account page of the sales desk: everything about one customer on one page (R22)."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.access import staff
from accounts.admin.accounts import AccountAdmin
from accounts.models import Account
from accounts.rules.staff import may_look_at, may_serve
from subscriptions.models import Subscription
from subscriptions.selectors.account_desk import LISTS, account_desk


def desk_of(account: int) -> str:
    """The address of an account's page at the desk, by its id."""
    return reverse("admin:accounts_account_desk", args=[account])


def account_of(request: HttpRequest, pk: int) -> Account:
    """The account; 404 where somebody else looks after it (R22)."""
    account = Account.objects.select_related("representative").filter(pk=pk).first()
    if account is None or not may_look_at(staff(request), account):
        raise Http404
    return account


class AccountList(ChangeList):
    """Leads on to the page of the desk."""

    def url_for_result(self, result: Any) -> str:
        return desk_of(result.pk)


class AccountDeskAdmin(AccountAdmin):
    """Adds the page, and leads to it from the list."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AccountList

    def page_of(self, account: Account) -> str:
        return desk_of(account.pk)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.desk_view)
        return [path("<int:pk>/desk/", view, name="accounts_account_desk"), *super().get_urls()]

    def desk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows; every change has an address of its own."""
        account = account_of(request, pk)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        shown = request.GET.get("all", "")
        desk = account_desk(
            account,
            timezone.now(),
            subscription=Subscription.objects.filter(account=account).first(),
            search=request.GET.get("people", ""),
            shown=shown if shown in LISTS else "",
        )
        context = {
            **self.admin_site.each_context(request),
            "title": account.name,
            "opts": self.opts,
            "original": account,
            "desk": desk,
            "can_change": may_serve(staff(request), account),
            "lists_accounts": self.has_view_permission(request),
        }
        return TemplateResponse(request, "admin/subscriptions/account/desk.html", context)
