"""Ownership given by staff: one asks on this page, another one confirms on it (D7)."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import staff
from accounts.actions import ask_for_ownership, confirm_ownership, withdraw_ownership
from accounts.admin.account_forms import OwnershipForm
from accounts.admin.account_pages import AccountPages, may_change_all
from accounts.models import Account, OwnershipProposal, User
from accounts.rules.staff import may_serve
from accounts.selectors.contacts import owner_of
from core.admin import form_page
from core.views import refusals_on


class OwnershipPages(AccountPages):
    """Asked for, confirmed and withdrawn, each at an address of its own."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.page("ownership", self.ownership_view),
            self.page("ownership_confirm", self.confirm_view),
            self.page("ownership_withdraw", self.withdraw_view),
            *super().get_urls(),
        ]

    def ownership_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form that asks; where somebody has asked, what there is to confirm."""
        account = self.account_for(request, pk, may_serve)
        proposal = waiting(account)
        if proposal and request.method != "POST":
            return self._to_confirm(request, account, proposal)
        form = OwnershipForm(account, request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_on(form):
                ask_for_ownership(
                    account=account, **form.cleaned_data, by=staff(request), at=timezone.now()
                )
                said = _("Another superuser has to confirm this within 14 days.")
                return self.done(request, account, said)
        owner = owner_of(account)
        says = [
            _("The account owner is %(name)s (%(email)s).")
            % {"name": owner.name, "email": owner.user.email},
            _(
                "Only where the owner has left and cannot transfer the ownership. Another "
                "superuser has to confirm; then the owner becomes a billing admin, and they, the "
                "new owner and the billing admins are told by email."
            ),
        ]
        asks = _("Ask for confirmation")
        return self.form_of(request, account, form, _("Give ownership"), says, button=asks)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self.account_for(request, pk, may_change_all)
        return self._closed(request, account, confirm_ownership, _("Ownership has been given."))

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self.account_for(request, pk, may_serve)
        said = _("Ownership is no longer asked for.")
        return self._closed(request, account, withdraw_ownership, said)

    def _closed(
        self, request: HttpRequest, account: Account, close: Callable[..., object], said: str
    ) -> HttpResponse:
        page = reverse("admin:accounts_account_ownership", args=[account.pk])
        proposal = account.ownership_proposals.select_related("account").first()
        if request.method != "POST" or proposal is None:
            return HttpResponseRedirect(page)
        form = forms.Form(request.POST)
        with refusals_on(form):
            close(proposal=proposal, by=staff(request), at=timezone.now())
            return self.done(request, account, said)
        return self._to_confirm(request, account, proposal, form)

    def _to_confirm(
        self,
        request: HttpRequest,
        account: Account,
        proposal: OwnershipProposal,
        form: forms.Form | None = None,
    ) -> HttpResponse:
        """What was asked, by whom and why; the button for who may confirm it."""
        user = staff(request)
        buttons = [("withdraw", _("Withdraw"))]
        if may_confirm(user, proposal):
            buttons.insert(0, ("confirm", _("Confirm: give ownership")))
        (first, label), *others = [
            (reverse(f"admin:accounts_account_ownership_{name}", args=[account.pk]), said)
            for name, said in buttons
        ]
        return form_page(
            self,
            request,
            form or forms.Form(),
            title=_("Give ownership"),
            button=label,
            original=account,
            says=said_of(proposal, user),
            back=self.page_of(account),
            action=first,
            more_buttons=others,
        )


def waiting(account: Account) -> OwnershipProposal | None:
    """What was asked for and can be confirmed."""
    proposals = account.ownership_proposals.waiting(timezone.now())
    return proposals.select_related("asked_by", "owner__user", "to__user", "account").first()


def may_confirm(user: User, proposal: OwnershipProposal) -> bool:
    """Two people: never who asked."""
    return proposal.asked_by_id != user.pk and may_change_all(user, proposal.account)


def said_of(proposal: OwnershipProposal, user: User) -> list[str]:
    """What was asked, in sentences."""
    facts = {
        "who": str(proposal.asked_by),
        "to": f"{proposal.to.name} ({proposal.to.user.email})",
        "owner": f"{proposal.owner.name} ({proposal.owner.user.email})",
        "reason": proposal.reason,
        "day": date_format(proposal.expires_at),
    }
    says = [
        _("%(who)s asks to make %(to)s the account owner, in place of %(owner)s.") % facts,
        _("Reason: %(reason)s") % facts,
        _(
            "%(owner)s becomes a billing admin. They, the new owner and the billing admins are "
            "told by email. It can be confirmed until %(day)s."
        )
        % facts,
    ]
    if not may_confirm(user, proposal):
        says.append(_("Another superuser than who asked has to confirm it."))
    return says
