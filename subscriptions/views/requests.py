from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from accounts.selectors.contacts import representative_or_support, who_may
from core.errors import status_of_form
from core.views import refusals_on
from subscriptions import errors
from subscriptions.actions import (
    approve_request,
    decline_request,
    resend_mails,
    withdraw_request,
)
from subscriptions.forms import DecisionForm
from subscriptions.models import RequestPart, RequestStatus, SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet
from subscriptions.rules.routes import route_of
from subscriptions.selectors.receipts import receipt
from subscriptions.selectors.requests import request_rows
from subscriptions.selectors.routes import ways_to_seats
from subscriptions.selectors.seats import pools_of
from subscriptions.views.crumbs import crumbs_to_billing
from subscriptions.views.needs_seats import (
    changes_asked_for,
    needs_seats,
    subscription_of,
)
from subscriptions.views.return_to_member import return_context

PAGE_SIZE = 20


@require_safe
@requires(Permission.REQUEST_SEATS)
@needs_seats(gettext_lazy("Requests"))
def requests(request: MemberRequest) -> HttpResponse:
    """The account's open requests, and the closed ones one decides or has asked in."""
    return _page(request)


@require_POST
@requires(Permission.DECIDE_REQUESTS)
def approve(request: MemberRequest, pk: int) -> HttpResponse:
    """Approve a request, which buys its seats (D1)."""
    seat_request = get_object_or_404(_visible(request), pk=pk)
    form = DecisionForm(request.POST)

    def decide() -> str:
        approved = approve_request(
            seat_request=seat_request,
            note=form.cleaned_data["note"],
            quote_fingerprint=form.cleaned_data["quote_fingerprint"],
            confirmed=form.is_confirmed,
            by=request.actor,
            at=timezone.now(),
        )
        return receipt(approved.order) if approved.order else ""

    return _decide(request, seat_request, form, decide)


@require_POST
@requires(Permission.DECIDE_REQUESTS)
def decline(request: MemberRequest, pk: int) -> HttpResponse:
    """Decline a request, with a note to the requester."""
    seat_request = get_object_or_404(_visible(request), pk=pk)
    form = DecisionForm(request.POST)

    def decide() -> str:
        decline_request(
            seat_request=seat_request,
            note=form.cleaned_data["note"],
            expected=form.cleaned_data["expected"],
            by=request.actor,
            at=timezone.now(),
        )
        return _("Request declined. %(name)s will be notified by email.") % {
            "name": seat_request.askers
        }

    return _decide(request, seat_request, form, decide)


@require_POST
@requires(Permission.REQUEST_SEATS)
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Withdraw what one asked for in a request, with one click (N4, D20)."""
    seat_request = get_object_or_404(_visible(request), pk=pk)
    form = forms.Form(request.POST)
    with refusals_on(form):
        left = withdraw_request(seat_request=seat_request, by=request.actor, at=timezone.now())
        said = _("Request withdrawn.") if left.is_withdrawn else _("Your part is withdrawn.")
        messages.success(request, said)
        return redirect("requests", account=request.membership.account.slug)
    messages.error(request, str(form.non_field_errors()[0]))
    return _page(request, status=status_of_form(form))


@require_POST
@requires(Permission.REQUEST_SEATS)
def resend(request: MemberRequest, pk: int) -> HttpResponse:
    """Send the mails about a request that could not be delivered again (D17)."""
    seat_request = get_object_or_404(_visible(request), pk=pk)
    if count := resend_mails(seat_request=seat_request, at=timezone.now()):
        said = ngettext("The email will be sent again.", "The emails will be sent again.", count)
        messages.success(request, said)
    return redirect("requests", account=request.membership.account.slug)


def _decide(
    request: MemberRequest, seat_request: SeatRequest, form: DecisionForm, decide: Callable[[], str]
) -> HttpResponse:
    if form.is_valid() and not form.goes_back:
        with refusals_on(form):
            messages.success(request, decide())
            return redirect("requests", account=request.membership.account.slug)
    if form.has_error(NON_FIELD_ERRORS, errors.ALREADY_DECIDED.code):
        # The card disappears from the page, and a message on it would too.
        messages.error(request, str(form.non_field_errors()[0]))
    return _page(request, refused=(seat_request.pk, form), status=status_of_form(form))


def _visible(request: MemberRequest) -> SeatRequestQuerySet:
    requests = SeatRequest.objects.of_account(request.membership.account).with_details()
    if not request.membership.may(Permission.DECIDE_REQUESTS):
        # Also what one has taken back one's part of.
        own = RequestPart.objects.filter(requested_by=request.membership)
        requests = requests.filter(pk__in=own.values("seat_request"))
    return requests


def _page(
    request: MemberRequest, refused: tuple[int, DecisionForm] | None = None, status: int = 200
) -> HttpResponse:
    account, subscription = request.membership.account, subscription_of(request)
    pools, now, route = pools_of(subscription), timezone.now(), route_of(request.membership)
    closed = _visible(request).exclude(status=RequestStatus.OPEN).order_by("-closed_at", "-pk")
    page = Paginator(closed.select_related("order"), PAGE_SIZE).get_page(request.GET.get("page"))
    # Whoever may ask for seats can read what is asked for already (R21).
    opened = SeatRequest.objects.of_account(account).with_details().open()
    opened = opened.order_by("requested_at", "pk")
    context = {
        "account": account,
        "subscription": subscription,
        "route": route,
        "open_rows": request_rows(opened, subscription, pools, request.membership, now),
        "closed_rows": request_rows(page, subscription, pools, request.membership, now),
        "page": page,
        "decides": route.can_buy and request.membership.may(Permission.DECIDE_REQUESTS),
        "refused_pk": refused and refused[0],
        "refused_form": refused and refused[1],
        "contact": representative_or_support(account),
        "buyers": who_may(account, Permission.DECIDE_REQUESTS),
        **changes_asked_for(request.membership, subscription),
        "crumbs": crumbs_to_billing(),
        "ways": ways_to_seats(request.membership, pools),
        **return_context(request),
    }
    return render(request, "subscriptions/requests.html", context, status=status)
