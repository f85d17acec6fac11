from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from accounts.selectors.contacts import who_may
from core.views import refusals_on
from subscriptions import actions
from subscriptions.forms import RequestSeatsForm, field_name, has_numbers
from subscriptions.models import SeatRequest, Subscription
from subscriptions.rules.routes import route_of
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.routes import Ways, WayToSeats, ways_to_seats
from subscriptions.selectors.seats import pools_of
from subscriptions.views.crumbs import crumbs_to_billing
from subscriptions.views.needs_seats import needs_seats, subscription_of
from subscriptions.views.pool_choice import (
    cannot_add_message,
    redirect_with_choice,
    way_asked_for,
)
from subscriptions.views.quoted_page import quotable_numbers, quoted_page
from subscriptions.views.return_to_member import cancel_url, next_step, return_context


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REQUEST_SEATS)
@needs_seats(gettext_lazy("Request agent seats"))
def request_seats(request: MemberRequest) -> HttpResponse:
    """The form for those who may not buy: how many, of what, why, by when (R13, R19)."""
    subscription = subscription_of(request)
    if route_of(request.membership).can_buy:
        return redirect_with_choice(request, "add_seats")
    ways = ways_to_seats(request.membership, pools_of(subscription))
    way = way_asked_for(request, ways)
    if way is None:
        raise PermissionDenied(cannot_add_message(ways.pools[0].pool, ways.contact))
    if way.is_requested and request.method != "POST" and not has_numbers(request.GET):
        return redirect(way.url_for(next_step(request)))
    form = _form(request, ways, way)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.request_seats(
                subscription=subscription,
                additions=form.numbers(),
                reason=form.cleaned_data["reason"],
                needed_by=form.cleaned_data["needed_by"],
                idempotency_key=form.cleaned_data["idempotency_key"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _sent(made))
            # Seats were only requested: the person may have to be added without one.
            return redirect(cancel_url(request, "requests"))
    return _page(request, subscription, form, ways)


def _form(request: MemberRequest, ways: Ways, way: WayToSeats) -> RequestSeatsForm:
    if request.method == "POST":
        # Also a pool that was requested meanwhile: its number stays beside the refusal.
        growing = [way.pool for way in ways.pools if way.is_open]
        return RequestSeatsForm(request.POST, growing, required=False)
    numbers = {field_name(way.pool.id): "1"}
    if has_numbers(request.GET):
        # Seats that are already requested are listed above the form, not refused as unknown.
        taken = {field_name(way.pool.id) for way in ways.requested}
        numbers = {name: str(v) for name, v in request.GET.items() if name not in taken}
    form = RequestSeatsForm(numbers, ways.growing, required=False)
    # Not submitted yet, so show no errors about missing fields.
    form.errors.pop("reason", None)
    if form.has_error(NON_FIELD_ERRORS, "nothing"):
        form.errors.pop(NON_FIELD_ERRORS)
    return form


def _sent(made: list[SeatRequest]) -> str:
    names = ", ".join(f"{request.pool.name} +{request.seats}" for request in made)
    return ngettext(
        "Request sent: %(names)s. You will get an email when it is decided.",
        "Requests sent: %(names)s. You will get an email when they are decided.",
        len(made),
    ) % {"names": names}


def _typed(request: MemberRequest, way: WayToSeats) -> str:
    """The number that was typed for seats that are requested already, as on the page before."""
    return request.GET.get(field_name(way.pool.id), "")[:20]


def _join_url(request: MemberRequest, way: WayToSeats) -> str:
    """Where more of it is asked for, with the number that was typed; empty where it cannot be."""
    query = {field_name(way.pool.id): _typed(request, way), "then": next_step(request)}
    query = {name: value for name, value in query.items() if value}
    return f"{way.join_url}?{urlencode(query)}" if way.can_join else ""


def _page(
    request: MemberRequest, subscription: Subscription, form: RequestSeatsForm, ways: Ways
) -> HttpResponse:
    account = request.membership.account
    quote = quote_addition(subscription, quotable_numbers(form), timezone.now().date())
    return quoted_page(
        request,
        "subscriptions/request_seats.html",
        form,
        quote,
        rows=[(c, form.field_of(c.pool)) for c in quote.changes if c.pool in form.pools],
        ways=ways,
        opened=[
            (way, _typed(request, way), _join_url(request, way))
            for way in ways.requested
            if way.is_open
        ],
        contact=ways.contact,
        buyers=who_may(account, Permission.DECIDE_REQUESTS),
        back=cancel_url(request, "requests"),
        crumbs=crumbs_to_billing((_("Requests"), reverse("requests", args=[account.slug]))),
        **return_context(request),
    )
