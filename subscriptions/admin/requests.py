from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import staff
from accounts.models import User
from accounts.rules.staff import is_member, may_serve
from core.errors import status_of_form
from core.outbox import undelivered_about
from core.views import refusals_on
from subscriptions.actions import approve_request, decline_request, renew_if_due, resend_mails
from subscriptions.admin.request_list import SeatRequestList
from subscriptions.forms import DecisionForm
from subscriptions.models import SeatRequest
from subscriptions.rules.requests import asks_in, may_decide
from subscriptions.selectors.desk.queue import next_in_queue, page_of
from subscriptions.selectors.receipts import receipt
from subscriptions.selectors.request_review import request_review, seats_before_and_after

# Carries out the decision and returns a message about it.
Decide = Callable[[SeatRequest, DecisionForm, User], str]


@admin.register(SeatRequest)
class SeatRequestAdmin(SeatRequestList):
    """One request at a time: approve or decline, then the next one (R22)."""

    def get_urls(self) -> list[URLPattern]:
        own = (
            ("approve", self.approve_view),
            ("decline", self.decline_view),
            ("resend", self.resend_view),
        )
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"subscriptions_seatrequest_{name}",
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
        seat_request = self._request_of(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        return self._page(request, seat_request, DecisionForm())

    def approve_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, _approve)

    def decline_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, _decline)

    def resend_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send the mails about a request that could not be delivered again (D17)."""
        if request.method == "POST" and not self._may_decide_any(request):
            raise PermissionDenied
        seat_request = self._request_of(request, object_id)
        count = 0
        if request.method == "POST":
            if not may_serve(staff(request), seat_request.pool.subscription.account):
                raise PermissionDenied
            count = resend_mails(seat_request=seat_request, at=timezone.now())
        if count:
            said = ngettext(
                "The email will be sent again.", "The emails will be sent again.", count
            )
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(page_of(seat_request))

    def _decide(self, request: HttpRequest, object_id: str, decide: Decide) -> HttpResponse:
        # Before it is looked for: a POST renews what is due.
        if request.method == "POST" and not self._may_decide_any(request):
            raise PermissionDenied
        seat_request = self._request_of(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(page_of(seat_request))
        form = DecisionForm(request.POST)
        if form.is_valid() and not form.goes_back:
            with refusals_on(form):
                done = decide(seat_request, form, staff(request))
                self.log_change(request, seat_request, done)
                self.message_user(request, done, messages.SUCCESS)
                return self._redirect_to_next(request, seat_request)
        # Read the numbers again: they may differ from those before the refusal.
        return self._page(request, self._request_of(request, object_id), form)

    def _redirect_to_next(self, request: HttpRequest, decided: SeatRequest) -> HttpResponse:
        following = next_in_queue(staff(request), decided)
        if following:
            self.message_user(request, _("This is the next open request."))
            return HttpResponseRedirect(page_of(following))
        self.message_user(request, _("No other requests are waiting for you."))
        return HttpResponseRedirect(reverse("admin:subscriptions_seatrequest_changelist"))

    def _request_of(self, request: HttpRequest, object_id: str) -> SeatRequest:
        """The request; 404 for one of an account somebody else represents.

        Where its subscription is due, deciding renews it first; a page that shows it does not.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: SeatRequest | None = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        if request.method == "POST" and renew_if_due(found.pool.subscription, timezone.now()):
            # Its pool was read before the renewal, with the numbers of the period that has ended.
            return self._request_of(request, object_id)
        return found

    def _may_decide_any(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_seatrequest")

    def _page(
        self, request: HttpRequest, seat_request: SeatRequest, form: DecisionForm
    ) -> TemplateResponse:
        now, user = timezone.now(), staff(request)
        review, following = request_review(seat_request, now), next_in_queue(user, seat_request)
        would = (review.change.pool.purchased, review.change.seats)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Seat request"),
            "subtitle": str(seat_request),
            "opts": self.opts,
            "original": seat_request,
            "seat_request": seat_request,
            "review": review,
            "numbers": would if seat_request.is_open else seats_before_and_after(seat_request),
            "days_waiting": seat_request.days_waiting(now),
            "form": form,
            "can_decide": self._may_decide_any(request) and may_decide(seat_request, user),
            "is_own": asks_in(seat_request, user)
            or is_member(user, seat_request.pool.subscription.account),
            "next_page": following and page_of(following),
            "undelivered": undelivered_about([seat_request]).get(seat_request.pk),
            "can_serve": may_serve(user, seat_request.pool.subscription.account),
        }
        template = "admin/subscriptions/seatrequest/change_form.html"
        return TemplateResponse(request, template, context, status=status_of_form(form))


def _approve(seat_request: SeatRequest, form: DecisionForm, user: User) -> str:
    approved = approve_request(
        seat_request=seat_request,
        note=form.cleaned_data["note"],
        quote_fingerprint=form.cleaned_data["quote_fingerprint"],
        confirmed=form.is_confirmed,
        by=user,
        at=timezone.now(),
    )
    done = receipt(approved.order) if approved.order else ""
    return _("Approved for %(account)s.") % _who(approved) + " " + done


def _decline(seat_request: SeatRequest, form: DecisionForm, user: User) -> str:
    declined = decline_request(
        seat_request=seat_request,
        note=form.cleaned_data["note"],
        expected=form.cleaned_data["expected"],
        by=user,
        at=timezone.now(),
    )
    return _("Declined for %(account)s. %(name)s will be notified by email.") % _who(declined)


def _who(seat_request: SeatRequest) -> dict[str, str]:
    account = seat_request.pool.subscription.account
    return {"account": account.name, "name": seat_request.askers}
