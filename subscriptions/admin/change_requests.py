from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff
from accounts.models import Membership, User
from accounts.rules.staff import is_member
from core.errors import status_of_form
from core.views import refusals_on
from subscriptions.actions import (
    approve_change,
    decline_change,
    propose_change,
    renew_if_due,
)
from subscriptions.admin.change_request_list import ChangeRequestList
from subscriptions.forms import ChangeDecisionForm, TermsForm
from subscriptions.models import ChangeRequest, Subscription
from subscriptions.rules.change_requests import Terms, may_decide_change, usual_timing
from subscriptions.rules.proposal_words import ShownProposal
from subscriptions.selectors.change_requests import ChangePreview
from subscriptions.selectors.change_review import change_review
from subscriptions.selectors.desk.queue import next_in_queue, page_of

# Carries out the decision and returns a message about it.
Decide = Callable[[ChangeRequest, ChangeDecisionForm, User], str]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ChangeRequestList):
    """One request at a time: approve or decline, then the next one (R3, R22)."""

    def get_urls(self) -> list[URLPattern]:
        own = (("approve", self.approve_view), ("decline", self.decline_view))
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"subscriptions_changerequest_{name}",
            )
            for name, view in own
        ] + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one request; the decisions have addresses of their own."""
        found = self._request_of(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return self._page(request, found, ChangeDecisionForm())

    def approve_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, _approve)

    def decline_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, _decline)

    def _decide(self, request: HttpRequest, object_id: str, decide: Decide) -> HttpResponse:
        found = self._request_of(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(page_of(found))
        if not self._may_decide_any(request):
            raise PermissionDenied
        form = ChangeDecisionForm(request.POST)
        if form.is_valid():
            with refusals_on(form):
                done = decide(found, form, staff(request))
                self.log_change(request, found, done)
                self.message_user(request, done, messages.SUCCESS)
                return self._redirect_to_next(request, found)
        # Read it again: it may differ from before the refusal.
        return self._page(request, self._request_of(request, object_id), form)

    def _redirect_to_next(self, request: HttpRequest, decided: ChangeRequest) -> HttpResponse:
        following = next_in_queue(staff(request), decided)
        if following:
            self.message_user(request, _("This is the next open request."))
            return HttpResponseRedirect(page_of(following))
        self.message_user(request, _("No other requests are waiting for you."))
        return HttpResponseRedirect(reverse("admin:subscriptions_changerequest_changelist"))

    def _request_of(self, request: HttpRequest, object_id: str) -> ChangeRequest:
        """The request; 404 for one of an account somebody else represents.

        Where its subscription is due, deciding renews it first; a page that shows it does not.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: ChangeRequest | None = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        due = Subscription.objects.filter(account=found.account).first()
        if request.method == "POST" and due and renew_if_due(due, timezone.now()):
            return self._request_of(request, object_id)
        return found

    def _may_decide_any(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_changerequest")

    def _page(
        self, request: HttpRequest, found: ChangeRequest, form: ChangeDecisionForm
    ) -> TemplateResponse:
        now, user = timezone.now(), staff(request)
        review, following = change_review(found, now), next_in_queue(user, found)
        terms = _terms(request, found, review.preview)
        can_decide = self._may_decide_any(request) and may_decide_change(found, user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change request"),
            "subtitle": str(found),
            "opts": self.opts,
            "original": found,
            "asked": found,
            "review": review,
            "terms": terms,
            **(_proposed(found, terms, review.owner, user) if found.is_open and can_decide else {}),
            "days_waiting": found.days_waiting(now),
            "form": form,
            "can_decide": can_decide,
            "is_own": found.requested_by.user_id == user.pk or is_member(user, found.account),
            "next_page": following and page_of(following),
        }
        template = "admin/subscriptions/changerequest/change_form.html"
        return TemplateResponse(request, template, context, status=status_of_form(form))


def _terms(request: HttpRequest, found: ChangeRequest, shown: ChangePreview | None) -> Terms:
    """As chosen on the page, else as usual."""
    terms = TermsForm(request.POST if request.method == "POST" else request.GET).terms
    is_dearer = shown is not None and (shown.unit_after or 0) > (shown.unit_before or 0)
    usual = usual_timing(is_dearer=is_dearer, kind=found.kind)
    return terms if terms.timing else replace(terms, timing=usual)


def _proposed(found: ChangeRequest, terms: Terms, owner: Membership, user: User) -> dict[str, Any]:
    """What approving would do now, or why it is refused."""
    try:
        proposal = propose_change(change_request=found, terms=terms, by=user, at=timezone.now())
    except ValidationError as refusal:
        return {"refusal": " ".join(refusal.messages)}
    shown = ShownProposal(proposal, owner)
    return {"proposal": shown, "approve_label": shown.button(_("Approve"))}


def _approve(found: ChangeRequest, form: ChangeDecisionForm, user: User) -> str:
    approved = approve_change(
        change_request=found,
        terms=TermsForm(form.data).terms,
        note=form.cleaned_data["note"],
        quote_fingerprint=form.cleaned_data["quote_fingerprint"],
        by=user,
        at=timezone.now(),
    )
    return _("Approved for %(account)s: %(what)s.") % {
        "account": approved.account.name, "what": found,
    }  # fmt: skip


def _decline(found: ChangeRequest, form: ChangeDecisionForm, user: User) -> str:
    declined = decline_change(
        change_request=found, note=form.cleaned_data["note"], by=user, at=timezone.now()
    )
    who = {"account": declined.account.name, "name": declined.requester}
    return _("Declined for %(account)s. %(name)s will be notified by email.") % who
