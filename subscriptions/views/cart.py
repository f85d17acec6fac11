from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires, why_not
from accounts.permissions import Permission
from accounts.refusals import status_of_form
from subscriptions.actions import buy_seats
from subscriptions.forms import AddSeatsForm, field_name, has_numbers, new_key
from subscriptions.models import Subscription
from subscriptions.quotes import quote_addition
from subscriptions.receipts import receipt
from subscriptions.seats import PoolSnapshot, needs_full_cart, pools_of
from subscriptions.views.common import (
    needs_seats,
    onwards,
    quotable_numbers,
    route_of,
    seats_context,
    subscription_of,
    then_of,
    way_asked_for,
    way_back,
    with_query,
)
from subscriptions.ways import Ways, ways_to_seats


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADD_SEATS)
@needs_seats(gettext_lazy("Add more seats"))
def add_seats(request: MemberRequest) -> HttpResponse:
    """The cart: how many seats more, what they cost, Buy or Request (R12–R17)."""
    subscription, route = subscription_of(request), route_of(request)
    if route.asks_representative:
        there = reverse("request_seats", args=[request.membership.account.slug])
        return redirect(with_query(request, there))
    ways = ways_to_seats(request.membership, pools_of(subscription))
    way = way_asked_for(request, ways)
    if way is None:
        raise Http404
    if way.is_requested and request.method != "POST":
        return redirect(way.url_for(then_of(request, request.GET)))
    pools, chosen = ways.growing, way.pool
    shown = pools if needs_full_cart(pools) else [chosen]
    sent = request.POST if request.method == "POST" else request.GET
    form = AddSeatsForm(
        sent if has_numbers(sent) else {field_name(chosen.id): "1"},
        shown,
        required=len(shown) == 1,
    )
    if request.method == "POST":
        if not route.can_buy:
            raise PermissionDenied(why_not(request.membership, Permission.CHANGE_SUBSCRIPTION))
        if form.is_valid():
            try:
                order = buy_seats(
                    subscription=subscription,
                    additions=form.numbers(),
                    seen=form.cleaned_data["seen"],
                    key=form.cleaned_data["key"] or new_key(),
                    by=request.membership,
                    at=timezone.now(),
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, receipt(order))
                return onwards(request, request.GET, "team")
    return _page(request, subscription, form, ways, shown)


def _page(
    request: MemberRequest,
    subscription: Subscription,
    form: AddSeatsForm,
    ways: Ways,
    shown: list[PoolSnapshot],
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
        "rows": [(c, form.field_of(c.pool)) for c in quote.changes if c.pool in shown],
        "other_pools": [pool for pool in ways.growing if pool not in shown],
        "opened": [ways.of(pool.id) for pool in shown if ways.of(pool.id).request],
        "back": way_back(request, request.GET, "team"),
        **seats_context(request, ways),
        "crumbs": [
            (_("People"), None),
            (_("Team"), None),
            (_("Team members"), reverse("team", args=[account.slug])),
        ],
    }
    status = status_of_form(form) if request.method == "POST" else 200
    return render(request, "subscriptions/add_seats.html", context, status=status)
