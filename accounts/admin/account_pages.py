"""What staff change in an account: one page for each, with a reason (D15)."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import staff
from accounts.actions import (
    change_kind,
    change_name_and_address,
    change_representative,
)
from accounts.admin.account_forms import (
    HandOverForm,
    KindForm,
    NameAndAddressForm,
    ReasonForm,
    RepresentativeForm,
)
from accounts.models import Account, AccountKind, User
from accounts.rules.staff import may_look_at, may_serve
from core.admin import form_page
from core.views import refusals_on

# Carries out the change and returns a message about it.
Change = Callable[[Account, dict[str, Any], User], str]


def may_change_name(user: User, account: Account) -> bool:
    return may_serve(user, account)


def may_change_all(user: User, account: Account) -> bool:
    """The kind, who represents it, its ownership and its end are for superusers."""
    return user.is_superuser and may_serve(user, account)


class AccountPages(admin.ModelAdmin):
    """Pages below an account's own, each with an address of its own."""

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "address": self.address_view,
            "kind": self.kind_view,
            "representative": self.representative_view,
        }
        return [
            path(
                "hand-over/",
                self.admin_site.admin_view(self.hand_over_view),
                name="accounts_account_hand_over",
            ),
            *(self.page(name, view) for name, view in pages.items()),
            *super().get_urls(),
        ]

    def page(self, name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
        """The address of a page about one account, `accounts_account_<name>`."""
        view = self.admin_site.admin_view(view)
        return path(f"<int:pk>/{name.replace('_', '-')}/", view, name=f"accounts_account_{name}")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The account as it is, with a link to every page that the person may use."""
        account = self.get_object(request, object_id)
        pages = self.pages_for(staff(request), account) if isinstance(account, Account) else []
        context = {"account_pages": pages, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def pages_for(self, user: User, account: Account) -> list[tuple[str, str]]:
        """The address of each page that the person may use, and what it is called."""
        pages = []
        if may_change_name(user, account):
            pages += [("address", _("Change name and web address"))]
            pages += [("ownership", _("Give ownership"))]
        if may_change_all(user, account):
            pages += [("kind", _("Change kind"))]
            pages += [("representative", _("Change account representative"))]
            pages += [("close", _("Close account"))]
        return [
            (reverse(f"admin:accounts_account_{name}", args=[account.pk]), label)
            for name, label in pages
        ]

    def page_of(self, account: Account) -> str:
        """Where somebody is who has changed something."""
        return reverse("admin:accounts_account_change", args=[account.pk])

    def account_for(
        self, request: HttpRequest, pk: int, may: Callable[[User, Account], bool]
    ) -> Account:
        """The account, for whoever may change this of it; 404 for who may not even see it."""
        account = Account.objects.select_related("representative").filter(pk=pk).first()
        if account is None or not may_look_at(staff(request), account):
            raise Http404
        if not may(staff(request), account):
            raise PermissionDenied
        return account

    def address_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its name, and where its pages are."""
        account = self.account_for(request, pk, may_change_name)
        title = _("Change name and web address")
        return self._changed(request, account, NameAndAddressForm, _change_address, title)

    def kind_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who buys and who decides in it."""
        account = self.account_for(request, pk, may_change_all)
        says = [
            _("In a sales-managed account the account representative makes all changes."),
            _(
                "Open requests go to those who decide from then on, and everyone concerned is "
                "told by email."
            ),
        ]
        title = _("Change kind")
        return self._changed(request, account, KindForm, self._change_kind, title, says)

    def _change_kind(self, account: Account, cleaned: dict[str, Any], user: User) -> str:
        """Above, more follows from it."""
        kind = AccountKind(cleaned["kind"])
        self.call_change_kind(
            account=account, kind=kind, reason=cleaned["reason"], by=user, at=timezone.now()
        )
        return _("%(account)s is now: %(kind)s.") % {"account": account, "kind": kind.label}

    call_change_kind = staticmethod(change_kind)

    def representative_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who looks after it."""
        account = self.account_for(request, pk, may_change_all)
        title = _("Change account representative")
        all_at_once = reverse("admin:accounts_account_hand_over")
        links = [(all_at_once, _("Hand over all accounts of somebody who leaves"))]
        change = _change_representative
        return self._changed(request, account, RepresentativeForm, change, title, links=links)

    def hand_over_view(self, request: HttpRequest) -> HttpResponse:
        """A representative leaves: all their accounts go to another one."""
        if not request.user.is_superuser:
            raise PermissionDenied
        form = HandOverForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_on(form):
                count = _hand_over(form.cleaned_data, staff(request))
                said = ngettext(
                    "%(count)d account has been handed over.",
                    "%(count)d accounts have been handed over.",
                    count,
                )
                self.message_user(request, said % {"count": count}, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:accounts_account_changelist"))
        title = _("Hand over accounts")
        says = [_("All accounts of one representative go to another one. Their owners are told.")]
        return form_page(self, request, form, title=title, button=title, says=says)

    def _changed(
        self,
        request: HttpRequest,
        account: Account,
        form_class: type[ReasonForm],
        change: Change,
        title: str,
        says: Sequence[str] = (),
        **more: Any,
    ) -> HttpResponse:
        """Show the form, or do what it says and go back to the account."""
        form = form_class(account, request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_on(form):
                return self.done(
                    request, account, change(account, form.cleaned_data, staff(request))
                )
        return self.form_of(request, account, form, title, says, **more)

    def done(self, request: HttpRequest, account: Account, said: str) -> HttpResponse:
        """Say what has been done, and go back to the account."""
        self.log_change(request, account, said)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(self.page_of(account))

    def form_of(
        self,
        request: HttpRequest,
        account: Account,
        form: forms.Form,
        title: str,
        says: Sequence[str] = (),
        **more: Any,
    ) -> HttpResponse:
        more = {"title": title, "button": title, "back": self.page_of(account), **more}
        return form_page(self, request, form, original=account, says=says, **more)


def _change_address(account: Account, cleaned: dict[str, Any], user: User) -> str:
    changed = change_name_and_address(account=account, **cleaned, by=user, at=timezone.now())
    return _("It is called %(name)s and is at %(address)s.") % {
        "name": changed.name,
        "address": f"/a/{changed.slug}/",
    }


def _change_representative(account: Account, cleaned: dict[str, Any], user: User) -> str:
    change_representative(accounts=[account], **cleaned, by=user, at=timezone.now())
    return _("Account representative of %(account)s: %(name)s.") % {
        "account": account,
        "name": cleaned["representative"] or "–",
    }


def _hand_over(cleaned: dict[str, Any], user: User) -> int:
    accounts = list(Account.objects.filter(representative=cleaned["former"], closed_at=None))
    changed = change_representative(
        accounts=accounts,
        representative=cleaned["representative"],
        reason=cleaned["reason"],
        by=user,
        at=timezone.now(),
    )
    return len(changed)
