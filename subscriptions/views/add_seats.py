from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, denial_message, requires
from accounts.permissions import Permission
from core.errors import status_of_form
from subscriptions.actions import buy_seats
from subscriptions.forms import AddSeatsForm, field_name, has_numbers, new_idempotency_key
from subscriptions.models import Subscription
from subscriptions.rules.consent import consent_to
from subscriptions.rules.seats import PoolSnapshot, needs_full_cart
from subscriptions.selectors.orders import receipt
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.routes import Ways, ways_to_seats
from subscriptions.selectors.seats import pools_of
from subscriptions.views.common import (
    as_typed,
    needs_seats,
    quotable_numbers,
    redirect_after_seats,
    route_of,
    seats_context,
    show_refusals,
    subscription_of,
    then_of,
    way_asked_for,
    way_back,
    with_query,
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.OPEN_CART)
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
    is_full = needs_full_cart(pools)
    form = _form(request, pools if is_full else [chosen], chosen, is_full=is_full)
    if request.method == "POST":
        if not route.can_buy:
            raise PermissionDenied(
                denial_message(request.membership, Permission.CHANGE_SUBSCRIPTION)
            )
        if form.is_valid():
            try:
                order = buy_seats(
                    subscription=subscription,
                    additions=form.numbers(),
                    quote_fingerprint=form.cleaned_data["quote_fingerprint"],
                    idempotency_key=form.cleaned_data["idempotency_key"] or new_idempotency_key(),
                    by=request.actor,
                    at=timezone.now(),
                    confirmed=form.is_confirmed,
                )
            except ValidationError as refusal:
                return _page(request, subscription, form, ways, refusal)
            else:
                messages.success(request, receipt(order))
                return redirect_after_seats(request, request.GET, "team")
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
    form.forgive_nothing()
    return form


def _page(
    request: MemberRequest,
    subscription: Subscription,
    form: AddSeatsForm,
    ways: Ways,
    refusal: ValidationError | None = None,
) -> HttpResponse:
    account, shown, today = request.membership.account, form.pools, timezone.now().date()
    quote = quote_addition(subscription, quotable_numbers(form), today)
    if show_refusals(form, quote):
        quote = quote_addition(subscription, {}, today)
    elif refusal:
        form.add_error(None, refusal)
    context = {
        "account": account,
        "subscription": subscription,
        "route": route_of(request),
        "form": form,
        "idempotency_key": new_idempotency_key(),
        "quote": quote,
        "consent": consent_to(quote) if form.is_unconfirmed else None,
        "as_typed": as_typed(request),
        "rows": [(c, form.field_of(c.pool)) for c in quote.changes if c.pool in shown],
        "other_pools": [pool for pool in ways.growing if pool not in shown],
        "opened": [ways.of(pool.id) for pool in shown if ways.of(pool.id).seat_request],
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
