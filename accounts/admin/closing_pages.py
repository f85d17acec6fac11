"""The end of an account: everything about it to download, and then the form that closes it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff
from accounts.actions import close_account, export_account
from accounts.admin.account_forms import CloseForm
from accounts.admin.account_pages import may_change_all
from accounts.admin.ownership_pages import OwnershipPages
from core.views import refusals_on


class ClosingPages(OwnershipPages):
    """For superusers."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.page("close", self.close_view),
            self.page("export", self.export_view),
            *super().get_urls(),
        ]

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What closing does, and the form that does it."""
        account = self.account_for(request, pk, may_change_all)
        form = CloseForm(account, request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_on(form):
                close_account(
                    account=account, **form.cleaned_data, by=staff(request), at=timezone.now()
                )
                said = _("%(account)s has been closed.") % {"account": account}
                return self.done(request, account, said)
        says = [
            _("This closes %(account)s for good.") % {"account": account},
            _(
                "Its pages are no longer there, its API tokens and webhooks are switched off, and "
                "nobody can sign in to it any more."
            ),
            _(
                "Names and email addresses of people who are in no other account are replaced, "
                "and what people wrote as reasons and notes is erased. History, orders and "
                "charges stay, without names."
            ),
            _(
                "The account owner and the billing admins are told by email. This cannot be "
                "undone: download everything first."
            ),
        ]
        export = reverse("admin:accounts_account_export", args=[pk])
        links = [(export, _("Download everything about the account (JSON)"))]
        return self.form_of(request, account, form, _("Close account"), says, links=links)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Everything about the account; that it was taken stands in the admin's log."""
        account = self.account_for(request, pk, may_change_all)
        self.log_change(request, account, _("Exported"))
        answer = StreamingHttpResponse(export_account(account), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{account.slug}.json"'
        answer["Cache-Control"] = "no-store"
        return answer
