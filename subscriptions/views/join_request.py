from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from core.views import refusals_on
from subscriptions import actions
from subscriptions.forms import JoinRequestForm, field_name, has_numbers
from subscriptions.models import SeatRequest
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.routes import WayToSeats, ways_to_seats
from subscriptions.selectors.seats import pools_of
from subscriptions.views.crumbs import crumbs_to_billing
from subscriptions.views.needs_seats import needs_seats, subscription_of
from subscriptions.views.quoted_page import quotable_numbers, quoted_page
from subscriptions.views.return_to_member import cancel_url, next_step, return_context


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REQUEST_SEATS)
@needs_seats(gettext_lazy("Ask for more of the same"))
def join_request(request: MemberRequest, pk: int) -> HttpResponse:
    """The form for more of what is requested already: how many more, and why (D20)."""
    account = request.membership.account
    found = SeatRequest.objects.of_account(account).with_details()
    seat_request = get_object_or_404(found, pk=pk)
    ways = ways_to_seats(request.membership, pools_of(subscription_of(request)))
    way = ways.of(seat_request.pool_id)
    if request.method != "POST" and not (seat_request.is_open and way.can_join):
        return redirect(way.url_for(next_step(request)) or reverse("requests", args=[account.slug]))
    form = _form(request, way)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            part = actions.join_request(
                seat_request=seat_request,
                seats=form.numbers()[way.pool.id],
                reason=form.cleaned_data["reason"],
                idempotency_key=form.cleaned_data["idempotency_key"],
                by=request.actor,
                at=timezone.now(),
            )
            said = _("Requested: %(pool)s +%(seats)s. You will get an email when it is decided.")
            messages.success(request, said % {"pool": way.pool.name, "seats": part.seats})
            # Seats were only requested: the person may have to be added without one.
            return redirect(cancel_url(request, "requests"))
    return _page(request, seat_request, form, way)


def _form(request: MemberRequest, way: WayToSeats) -> JoinRequestForm:
    if request.method == "POST":
        return JoinRequestForm(request.POST, [way.pool], required=True)
    has_typed = has_numbers(request.GET)
    data = request.GET if has_typed else {field_name(way.pool.id): "1"}
    form = JoinRequestForm(data, [way.pool], required=True)
    # Not submitted yet, so show no errors about missing fields.
    form.errors.pop("reason", None)
    return form


def _page(
    request: MemberRequest, seat_request: SeatRequest, form: JoinRequestForm, way: WayToSeats
) -> HttpResponse:
    """With the cost of all that is then requested, which is approved as one (N1)."""
    account, subscription = request.membership.account, subscription_of(request)
    more = quotable_numbers(form).get(way.pool.id)
    numbers = {way.pool.id: seat_request.seats + more} if more else {}
    quote = quote_addition(subscription, numbers, timezone.now().date())
    return quoted_page(
        request,
        "subscriptions/join_request.html",
        form,
        quote,
        rows=[(c, form.field_of(c.pool)) for c in quote.changes if c.pool.id == way.pool.id],
        seat_request=seat_request,
        more=more,
        back=cancel_url(request, "requests"),
        crumbs=crumbs_to_billing((_("Requests"), reverse("requests", args=[account.slug]))),
        **return_context(request),
    )
