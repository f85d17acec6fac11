"""What is done with a change request on the Requests page: withdraw, approve, decline."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from core.views import refusals_as_messages
from subscriptions import actions
from subscriptions.forms import ChangeDecisionForm
from subscriptions.models import ChangeRequest


@require_POST
@requires(Permission.REQUEST_CHANGES)
def withdraw_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Take back what one asked for, with one click (N4)."""
    found = _found(request, pk)
    with refusals_as_messages(request):
        actions.withdraw_change(change_request=found, by=request.actor, at=timezone.now())
        messages.success(request, _("Request withdrawn."))
    return redirect("requests", account=request.membership.account.slug)


@require_POST
@requires(Permission.DECIDE_REQUESTS)
def approve_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Approve fewer seats, which schedules them for the renewal."""
    found, form = _found(request, pk), ChangeDecisionForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            actions.approve_reduction(
                change_request=found,
                note=form.cleaned_data["note"],
                quote_fingerprint=form.cleaned_data["quote_fingerprint"],
                by=request.actor,
                at=timezone.now(),
            )
            said = _("Approved. %(pool)s has %(seats)s seats from the renewal on.")
            messages.success(request, said % {"pool": found.pool, "seats": found.seats})
    return redirect("requests", account=request.membership.account.slug)


@require_POST
@requires(Permission.DECIDE_REQUESTS)
def decline_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Decline a change request, with a note to whoever asked."""
    found, form = _found(request, pk), ChangeDecisionForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            actions.decline_change(
                change_request=found,
                note=form.cleaned_data["note"],
                by=request.actor,
                at=timezone.now(),
            )
            said = _("Request declined. %(name)s will be notified by email.")
            messages.success(request, said % {"name": found.requester})
    return redirect("requests", account=request.membership.account.slug)


def _found(request: MemberRequest, pk: int) -> ChangeRequest:
    rows = ChangeRequest.objects.filter(account=request.membership.account)
    return get_object_or_404(rows.with_details(), pk=pk)
