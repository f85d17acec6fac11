"""What the pages about seats share."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, View
from accounts.permissions import Permission
from accounts.selectors.contacts import Contact, representative_or_support
from subscriptions.actions.checks import forbidden
from subscriptions.forms import SeatNumbersForm, field_name
from subscriptions.models import SeatPool, Subscription
from subscriptions.rules.quotes import Quote
from subscriptions.rules.routes import Route, route_to_seats
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.routes import Ways, WayToSeats

ADD_MEMBER = "add_member"
# Opens the form also where no seat is left.
WITHOUT_SEAT = "seat=none"

_NOT_TYPED = ("csrfmiddlewaretoken", "idempotency_key", "quote_fingerprint", "confirmed")


def subscription_of(request: MemberRequest) -> Subscription:
    """The subscription of the member's account; 404 where nothing is bought yet."""
    subscription = (
        Subscription.objects.filter(account=request.membership.account)
        .select_related("account__representative")
        .first()
    )
    if subscription is None:
        raise Http404
    return subscription


def route_of(request: MemberRequest) -> Route:
    """This member's way to more seats."""
    return route_to_seats(request.membership.account.kind, request.membership.role)


def chosen_pool(request: HttpRequest, pools: Sequence[PoolSnapshot]) -> PoolSnapshot | None:
    """The pool an address asks for with `?pool=`; 404 for one that is not the account's."""
    if "pool" not in request.GET:
        return None
    for pool in pools:
        if str(pool.id) == request.GET["pool"]:
            return pool
    raise Http404


def way_asked_for(request: MemberRequest, ways: Ways) -> WayToSeats | None:
    """The way to the pool in `?pool=`, else to the one to begin with; None where no pool grows.

    404 for a pool that is not the account's; PermissionDenied, with whom to ask, for one
    whose seats can neither be bought nor requested (R21).
    """
    pool = chosen_pool(request, [way.pool for way in ways.pools])
    if pool is None:
        return ways.best
    way = ways.of(pool.id)
    if not way.is_open:
        raise PermissionDenied(no_more(pool, ways.contact))
    return way


def no_more(pool: PoolSnapshot, contact: Contact) -> str:
    """The sentence where there is no way to seats of a pool (R21, R23)."""
    return _("%(pool)s seats cannot be added online. Ask %(name)s (%(email)s).") % {
        "pool": pool.name,
        "name": contact.name,
        "email": contact.email,
    }


def then_of(request: MemberRequest, params: Mapping[str, str]) -> str:
    """What comes after the seats: `add_member`, where a person waits to be added (R18)."""
    goes_on = params.get("then") == ADD_MEMBER and request.membership.may(Permission.MANAGE_TEAM)
    return ADD_MEMBER if goes_on else ""


def redirect_after_seats(
    request: MemberRequest, params: Mapping[str, str], page: str, *, with_seats: bool = True
) -> HttpResponse:
    """On to the person being added, if the seats are for them (R18); else to `page`.

    Where seats were only requested, the form opens although none may be left.
    """
    if with_seats and then_of(request, params):
        return redirect(ADD_MEMBER, account=request.membership.account.slug)
    return redirect(way_back(request, params, page))


def way_back(request: MemberRequest, params: Mapping[str, str], page: str) -> str:
    """Where Cancel leads: to the form of the person waiting to be added, else to `page`."""
    if then_of(request, params):
        return form_url(request)
    return reverse(page, args=[request.membership.account.slug])


def form_url(request: MemberRequest) -> str:
    """The form for a new person, opened also where no seat is left."""
    return f"{reverse(ADD_MEMBER, args=[request.membership.account.slug])}?{WITHOUT_SEAT}"


def seats_context(request: MemberRequest, ways: Ways) -> dict[str, Any]:
    """Context about the person waiting to be added (R18), and about whose bill it is."""
    then = then_of(request, request.GET)
    return {
        "ways": ways,
        "then": then,
        "form_url": form_url(request) if then else "",
        "sees_subscription": request.membership.may(Permission.VIEW_SUBSCRIPTION),
    }


def needs_seats(heading: Promise) -> Callable[[View], View]:
    """Until seats are bought, answer pages about seats with what is missing (R6)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: Any, **kwargs: Any) -> HttpResponse:
            account = request.membership.account
            if SeatPool.objects.filter(subscription__account=account).exists():
                return view(request, **kwargs)
            context = {
                "heading": heading,
                "account": account,
                "contact": representative_or_support(account),
                "crumbs": [(_("Account"), None), (_("Billing"), None)],
            }
            # Nothing was done with what was sent.
            status = 200 if request.method in ("GET", "HEAD") else 409
            return render(request, "subscriptions/nothing_bought.html", context, status=status)

        return shown

    return decorate


def quotable_numbers(form: SeatNumbersForm) -> dict[int, int]:
    """The numbers to quote; empty while any of them is invalid."""
    if not form.is_valid() and form.has_wrong_number:
        return {}
    return form.numbers()


def with_query(request: HttpRequest, url: str) -> str:
    """Another address with the query string of this one."""
    return f"{url}?{request.GET.urlencode()}" if request.GET else url


def show_refusals(form: SeatNumbersForm, quote: Quote) -> bool:
    """Put refusals of the account's rules under their numbers; whether there are any (R7, R23)."""
    refusals = forbidden(quote)
    for pool_id, refusal in refusals.items():
        form.add_error(field_name(pool_id), refusal)
    return bool(refusals)


def as_typed(request: HttpRequest) -> str:
    """The page as it was before it asked once more, with what was typed."""
    query = request.GET.copy()
    for name in request.POST:
        if name not in _NOT_TYPED:
            query.setlist(name, request.POST.getlist(name))
    return f"{request.path}?{query.urlencode()}"
