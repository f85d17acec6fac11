from collections.abc import Collection

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.contacts import representative_or_support, who_may
from accounts.permissions import Permission
from accounts.refusals import status_of_form
from subscriptions.actions import request_seats as ask
from subscriptions.forms import RequestSeatsForm, field_name, has_numbers, new_key
from subscriptions.models import SeatRequest, Subscription
from subscriptions.quotes import quote_addition
from subscriptions.seats import PoolSnapshot, main_pool, pools_of
from subscriptions.views.common import (
    addable,
    chosen_pool,
    onwards,
    quotable_numbers,
    route_of,
    subscription_of,
    way_back,
    with_query,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REQUEST_SEATS)
def request_seats(request: MemberRequest) -> HttpResponse:
    """The form for those who may not buy: how many, of what, why, by when (R13, R19)."""
    subscription, account = subscription_of(request), request.membership.account
    if route_of(request).can_buy:
        there = reverse("add_seats", args=[account.slug])
        return redirect(with_query(request, there))
    pools = addable(request, pools_of(subscription))
    if not pools:
        raise PermissionDenied(_("Seats of your legacy plans can be neither added nor removed."))
    opened = {
        row.pool_id: row for row in SeatRequest.objects.of_account(account).open().with_details()
    }
    form = _form(request, pools, opened)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask(
                subscription=subscription,
                additions=form.numbers(),
                reason=form.cleaned_data["reason"],
                needed_by=form.cleaned_data["needed_by"],
                key=form.cleaned_data["key"] or new_key(),
                by=request.membership,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _sent(made))
            return onwards(request, request.GET, "requests")
    return _page(request, subscription, form, list(opened.values()))


def _form(
    request: MemberRequest, pools: list[PoolSnapshot], opened: Collection[int]
) -> RequestSeatsForm:
    if request.method == "POST":
        return RequestSeatsForm(request.POST, pools, required=False)
    chosen = chosen_pool(request, pools)
    free = [pool for pool in pools if pool.id not in opened]
    if has_numbers(request.GET):
        # Seats requested already are named above the form, not refused as unknown.
        taken = {field_name(pool_id) for pool_id in opened}
        numbers = {name: value for name, value in request.GET.items() if name not in taken}
    elif free:
        first = chosen if chosen in free else main_pool(free)
        numbers = {field_name(first.id): "1"}
    else:
        numbers = {}
    form = RequestSeatsForm(numbers, free, required=False)
    # Not sent yet, so nothing is missing yet.
    form.errors.pop("reason", None)
    if form.has_error(NON_FIELD_ERRORS, "nothing"):
        form.errors.pop(NON_FIELD_ERRORS)
    return form


def _sent(made: list[SeatRequest]) -> str:
    names = ", ".join(f"{request.pool.name} +{request.seats}" for request in made)
    return ngettext(
        "Your request was sent: %(names)s. You get a mail when it is decided.",
        "Your requests were sent: %(names)s. You get a mail when they are decided.",
        len(made),
    ) % {"names": names}


def _page(
    request: MemberRequest,
    subscription: Subscription,
    form: RequestSeatsForm,
    opened: list[SeatRequest],
) -> HttpResponse:
    account = request.membership.account
    quote = quote_addition(subscription, quotable_numbers(form), timezone.now().date())
    context = {
        "account": account,
        "subscription": subscription,
        "route": route_of(request),
        "form": form,
        "key": new_key(),
        "quote": quote,
        "rows": [(c, form.field_of(c.pool)) for c in quote.changes if c.pool in form.pools],
        "opened": opened,
        "contact": representative_or_support(account),
        "buyers": who_may(account, Permission.DECIDE_REQUESTS),
        "then": request.GET.get("then", ""),
        "back": way_back(request, request.GET, "requests"),
        "crumbs": [
            (_("Account"), None),
            (_("Billing"), None),
            (_("Requests"), reverse("requests", args=[account.slug])),
        ],
    }
    status = status_of_form(form) if request.method == "POST" else 200
    return render(request, "subscriptions/request_seats.html", context, status=status)
