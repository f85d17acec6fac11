"""What the pages about seats share."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import MemberRequest
from subscriptions.forms import SeatNumbersForm
from subscriptions.models import Subscription
from subscriptions.routes import Route, pool_rule, route_to_seats
from subscriptions.seats import PoolSnapshot


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


def onwards(request: MemberRequest, params: Mapping[str, str], page: str) -> HttpResponse:
    """Back to the person who is being added, if seats were got for them (R18); else to `page`."""
    return redirect(way_back(request, params, page))


def way_back(request: MemberRequest, params: Mapping[str, str], page: str) -> str:
    """Where a form about seats leads, whether it is sent or cancelled."""
    name = "add_member" if params.get("then") == "add_member" else page
    return reverse(name, args=[request.membership.account.slug])


def addable(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> list[PoolSnapshot]:
    """The pools that can grow in this kind of account (R23)."""
    kind = request.membership.account.kind
    return [pool for pool in pools if pool_rule(kind, is_legacy=pool.is_legacy).can_add]


def quotable_numbers(form: SeatNumbersForm) -> dict[int, int]:
    """The numbers a quote can be shown for: none while one of them makes no sense."""
    if not form.is_valid() and any(form.field_of(pool).errors for pool in form.pools):
        return {}
    return form.numbers()


def with_query(request: HttpRequest, url: str) -> str:
    """Another address with what this one asks for."""
    return f"{url}?{request.GET.urlencode()}" if request.GET else url
