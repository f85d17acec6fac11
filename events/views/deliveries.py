"""The log of a webhook: what was sent, what was answered, and sending it again (D17)."""

import json
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reselect, retarget

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from core.models import Status
from core.views import refusals_as_messages
from events.actions import send_again, send_test
from events.models import Delivery
from events.selectors.webhooks import delivery_row
from events.views.webhooks import crumbs, endpoint_of

# So often a page asks for an answer, and for a try so near; while one is tried, the next is in
# two minutes.
_MOST_LOOKS = 30
_NEAR = timedelta(minutes=3)


@require_safe
@requires(Permission.MANAGE_API)
def delivery(request: MemberRequest, pk: int) -> HttpResponse:
    """One delivery: each try with its answer, the next one, and what is sent.

    While an answer can be expected, the page asks for it every two seconds, for a minute.
    """
    row = _delivery_of(request, pk)
    attempts = list(row.attempts.all())
    last = attempts[0] if attempts else None
    endpoint, looks = row.endpoint, _looks(request, row)
    seen = f"{row.entry.status}-{attempts[0].pk if attempts else 0}"
    if request.htmx and request.GET.get("seen") == seen:
        return render(request, "events/_awaited.html", {"looks": looks, "seen": seen})
    page = reverse("webhook", args=[request.membership.account.slug, endpoint.pk])
    context = {
        "account": request.membership.account,
        "endpoint": endpoint,
        "row": delivery_row(row, last.status if last else None, last.error if last else ""),
        "body": json.dumps(json.loads(row.body), indent=2, ensure_ascii=False),
        "attempts": attempts,
        "looks": looks,
        "seen": seen,
        "crumbs": [*crumbs(request), (endpoint.host, page)],
    }
    answer = render(request, "events/delivery.html", context)
    return reselect(retarget(answer, "#delivery"), "#delivery") if request.htmx else answer


@require_POST
@requires(Permission.MANAGE_API)
def again(request: MemberRequest, pk: int) -> HttpResponse:
    """Send one again, whatever became of it."""
    row = _delivery_of(request, pk)
    with refusals_as_messages(request):
        send_again(delivery=row, by=request.actor, at=timezone.now())
        messages.success(request, _("It is sent again in a moment."))
    return redirect("webhook_delivery", account=request.membership.account.slug, pk=pk)


@require_POST
@requires(Permission.MANAGE_API)
def test_webhook(request: MemberRequest, pk: int) -> HttpResponse:
    """Send something that means nothing, to see whether it arrives."""
    endpoint, slug = endpoint_of(request, pk), request.membership.account.slug
    with refusals_as_messages(request):
        key = request.POST.get("idempotency_key", "")[:64]
        sent = send_test(
            endpoint=endpoint, idempotency_key=key, by=request.actor, at=timezone.now()
        )
        messages.success(request, _("The test is sent in a moment."))
        return redirect("webhook_delivery", account=slug, pk=sent.pk)
    return redirect("webhook", account=slug, pk=pk)


def _delivery_of(request: MemberRequest, pk: int) -> Delivery:
    """A delivery to a webhook of this account; 404 for every other (D8)."""
    return get_object_or_404(Delivery.objects.of_account(request.membership.account), pk=pk)


def _looks(request: MemberRequest, row: Delivery) -> int:
    """How often the page will have asked with the next time; 0: it asks no more."""
    said = request.GET.get("looks", "")
    looks = int(said) + 1 if said.isdecimal() and len(said) < 4 else 1
    is_near = row.entry.due_at - timezone.now() < _NEAR
    is_awaited = row.entry.status == Status.WAITING and row.endpoint.is_on and is_near
    return looks if is_awaited and looks <= _MOST_LOOKS else 0
