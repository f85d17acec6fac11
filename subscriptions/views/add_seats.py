from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, denial_message, requires
from accounts.permissions import Permission
from core.views import refusals_on
from subscriptions.actions import buy_seats
from subscriptions.forms import AddSeatsForm, field_name, has_numbers
from subscriptions.models import Subscription
from subscriptions.rules.quotes import Quote
from subscriptions.rules.routes import route_of
from subscriptions.rules.seats import PoolSnapshot, needs_full_cart
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.receipts import receipt
from subscriptions.selectors.routes import Ways, ways_to_seats
from subscriptions.selectors.seats import pools_of
from subscriptions.views.needs_seats import needs_seats, subscription_of
from subscriptions.views.pool_choice import redirect_with_choice, way_asked_for
from subscriptions.views.quoted_page import allowed_quote, quotable_numbers, quoted_page
from subscriptions.views.return_to_member import (
    cancel_url,
    next_step,
    redirect_after_seats,
    return_context,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.OPEN_CART)
@needs_seats(gettext_lazy("Add more seats"))
def add_seats(request: MemberRequest) -> HttpResponse:
    """The cart: how many seats more, what they cost, Buy or Request (R12–R17)."""
    subscription, route = subscription_of(request), route_of(request.membership)
    if route.asks_representative:
        return redirect_with_choice(request, "request_seats")
    ways = ways_to_seats(request.membership, pools_of(subscription))
    way = way_asked_for(request, ways)
    if way is None:
        raise Http404
    if way.is_requested and request.method != "POST":
        return redirect(way.url_for(next_step(request)))
    pools, chosen = ways.growing, way.pool
    is_full = needs_full_cart(pools)
    form = _form(request, pools if is_full else [chosen], chosen, is_full=is_full)
    if request.method == "POST" and not route.can_buy:
        raise PermissionDenied(denial_message(request.membership, Permission.CHANGE_SUBSCRIPTION))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            order = buy_seats(
                subscription=subscription,
                additions=form.numbers(),
                quote_fingerprint=form.cleaned_data["quote_fingerprint"],
                idempotency_key=form.cleaned_data["idempotency_key"],
                by=request.actor,
                at=timezone.now(),
                confirmed=form.is_confirmed,
            )
            messages.success(request, receipt(order))
            return redirect_after_seats(request, "team")
    return _page(request, subscription, form, ways)


def _form(
    request: MemberRequest, shown: list[PoolSnapshot], chosen: PoolSnapshot, *, is_full: bool
) -> AddSeatsForm:
    """Empty in the full cart, but for the pool somebody came for (R16)."""
    if request.method == "POST":
        return AddSeatsForm(request.POST, shown, required=False)
    came_for_it = "pool" in request.GET or not is_full
    filled_in = {field_name(chosen.id): "1"} if came_for_it else {}
    form = AddSeatsForm(
        request.GET if has_numbers(request.GET) else filled_in, shown, required=False
    )
    form.hide_missing_numbers()
    return form


def _page(
    request: MemberRequest, subscription: Subscription, form: AddSeatsForm, ways: Ways
) -> HttpResponse:
    shown, today = form.pools, timezone.now().date()

    def quoted(additions: Mapping[int, int]) -> Quote:
        return quote_addition(subscription, additions, today)

    quote = allowed_quote(form, quoted(quotable_numbers(form)), quoted)
    return quoted_page(
        request,
        "subscriptions/add_seats.html",
        form,
        quote,
        rows=[(c, form.field_of(c.pool)) for c in quote.changes if c.pool in shown],
        ways=ways,
        other_pools=[pool for pool in ways.growing if pool not in shown],
        opened=[ways.of(pool.id) for pool in shown if ways.of(pool.id).seat_request],
        back=cancel_url(request, "team"),
        crumbs=[
            (_("People"), None),
            (_("Team"), None),
            (_("Team members"), reverse("team", args=[request.membership.account.slug])),
        ],
        **return_context(request),
    )
