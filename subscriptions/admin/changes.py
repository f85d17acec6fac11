"""The pages on which a representative changes a subscription: tried first, then done (D15)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.access import staff
from accounts.models import Account, User
from accounts.rules.staff import may_serve
from accounts.selectors.contacts import owner_of
from core.errors import status_of_form
from core.fields import new_idempotency_key
from core.views import refusals_on
from subscriptions.actions import carry_out, propose, renew_if_due
from subscriptions.admin import change_forms as forms
from subscriptions.admin import line_forms
from subscriptions.admin.account_desk import AccountDeskAdmin, account_of, desk_of
from subscriptions.models import Order, Subscription
from subscriptions.rules.changes import Change
from subscriptions.rules.proposal_words import ShownProposal
from subscriptions.selectors.receipts import receipt
from subscriptions.selectors.seats import pools_of

View = Callable[..., HttpResponse]
# Page name → its address below the account's, and what it asks.
PAGES: Mapping[str, tuple[str, type[forms.ChangeForm]]] = {
    "seats": ("seats/", forms.SeatsForm),
    "add_line": ("lines/add/", line_forms.AddLineForm),
    "end_line": ("lines/<int:line>/end/", line_forms.EndLineForm),
    "correct_line": ("lines/<int:line>/correct/", line_forms.CorrectLineForm),
    "plan": ("lines/<int:line>/plan/", line_forms.PlanForm),
    "price": ("lines/<int:line>/price/", line_forms.PriceForm),
    "cycle": ("cycle/", forms.CycleForm),
    "terms": ("terms/", forms.TermsForm),
    "cancel": ("cancel/", forms.CancelForm),
    "reopen": ("reopen/", forms.ReopenForm),
    "undo": ("undo/", forms.UndoForm),
}


@dataclass(frozen=True)
class Visit:
    """Somebody on a page of changes: whom they serve, what it is about, and when."""

    account: Account
    subject: forms.Subject
    by: User
    at: datetime

    def propose(self, change: Change, form: forms.ChangeForm) -> ShownProposal | None:
        """What the change would do; why it cannot be done is said on the form."""
        try:
            found = propose(
                subscription=self.subject.subscription, change=change, by=self.by, at=self.at
            )
        except ValidationError as refusal:
            if not form.errors:
                form.add_error(None, refusal)
            return None
        return ShownProposal(found, owner_of(self.account))

    def carry_out(self, change: Change, form: forms.ChangeForm) -> Order:
        said = form.cleaned_data
        return carry_out(
            subscription=self.subject.subscription,
            change=change,
            quote_fingerprint=said["quote_fingerprint"],
            idempotency_key=said["idempotency_key"],
            reason=said["reason"],
            by=self.by,
            at=self.at,
        )


class ChangesAdmin(AccountDeskAdmin):
    """Adds a page for each change, all in one frame."""

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:pk>/{address}",
                self.admin_site.admin_view(self._view_of(form)),
                name=f"accounts_account_{name}",
            )
            for name, (address, form) in PAGES.items()
        ] + super().get_urls()

    def _view_of(self, form_class: type[forms.ChangeForm]) -> View:
        def view(request: HttpRequest, pk: int, line: int | None = None) -> HttpResponse:
            visit = _visit(request, pk, line)
            if request.method == "POST":
                return self._do(request, visit, form_class(visit.subject, request.POST))
            return self._preview(request, visit, form_class)

        return view

    def _preview(
        self, request: HttpRequest, visit: Visit, form_class: type[forms.ChangeForm]
    ) -> HttpResponse:
        """What the address says is tried; nothing is done."""
        form = form_class(visit.subject)
        given = request.GET.dict()
        if "preview" not in given and not form.is_complete_at_once:
            form.initial = given
            return self._page(request, visit, form, None)
        form = form_class(visit.subject, {**form.defaults, **given})
        shown = visit.propose(form.change(), form) if form.is_valid() else None
        return self._page(request, visit, form, shown)

    def _do(self, request: HttpRequest, visit: Visit, form: forms.ChangeForm) -> HttpResponse:
        if not form.is_valid():
            return self._page(request, visit, form, None)
        change = form.change()
        with refusals_on(form):
            order = visit.carry_out(change, form)
            done = said_of(order)
            self.log_change(request, visit.account, f"{done} {order.reason}")
            self.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(desk_of(visit.account.pk))
        # Read again: the numbers may differ from those before the refusal.
        return self._page(request, visit, form, visit.propose(change, form))

    def _page(
        self,
        request: HttpRequest,
        visit: Visit,
        form: forms.ChangeForm,
        shown: ShownProposal | None,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": form.verb,
            "subtitle": visit.account.name,
            "opts": self.opts,
            "original": visit.account,
            "account": visit.account,
            "line": visit.subject.line,
            "form": form,
            "proposal": shown,
            "button": shown.button(form.verb) if shown else "",
            "idempotency_key": form.data.get("idempotency_key") or new_idempotency_key(),
            "desk": desk_of(visit.account.pk),
        }
        template = "admin/subscriptions/change/page.html"
        return TemplateResponse(request, template, context, status=status_of_form(form))


def _visit(request: HttpRequest, pk: int, line_id: int | None) -> Visit:
    """404 for another's account, and for a line that is not the account's (R22)."""
    account, by, at = account_of(request, pk), staff(request), timezone.now()
    if not may_serve(by, account):
        raise PermissionDenied
    subscription = Subscription.objects.filter(account=account).first()
    if subscription is None:
        raise Http404
    renew_if_due(subscription, at)
    pools = pools_of(subscription)
    line = next((line for pool in pools for line in pool.lines if line.id == line_id), None)
    if line_id is not None and line is None:
        raise Http404
    return Visit(account, forms.Subject(subscription, pools, line, by.is_superuser), by, at)


def said_of(order: Order) -> str:
    """What was done, in the message after it."""
    return f"{order.get_kind_display()}. {receipt(order)}".strip()
