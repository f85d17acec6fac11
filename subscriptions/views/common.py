"""What the pages about seats share."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import MemberRequest
from subscriptions.actions.refusing import forbidden
from subscriptions.forms import SeatNumbersForm, field_name
from subscriptions.models import Subscription
from subscriptions.quotes import Quote
from subscriptions.routes import Route, pool_rule, route_to_seats
from subscriptions.seats import PoolSnapshot

_NOT_TYPED = ("csrfmiddlewaretoken", "key", "seen", "confirmed")


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
    name = "add_member" if params.get("then") == "add_member" else page
    return redirect(name, account=request.membership.account.slug)


def addable(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> list[PoolSnapshot]:
    """The pools that can grow in this kind of account (R23)."""
    kind = request.membership.account.kind
    return [pool for pool in pools if pool_rule(kind, is_legacy=pool.is_legacy).can_add]


def quotable_numbers(form: SeatNumbersForm) -> dict[int, int]:
    """The numbers a quote can be shown for: none while one of them makes no sense."""
    if not form.is_valid() and form.has_wrong_number:
        return {}
    return form.numbers()


def with_query(request: HttpRequest, url: str) -> str:
    """Another address with what this one asks for."""
    return f"{url}?{request.GET.urlencode()}" if request.GET else url


def refuse_in_fields(form: SeatNumbersForm, quote: Quote) -> bool:
    """Say under a number why the account's rules forbid it; whether any is forbidden (R7, R23)."""
    refusals = forbidden(quote)
    for pool_id, refusal in refusals.items():
        form.add_error(field_name(pool_id), refusal)
    return bool(refusals)


def way_back(request: HttpRequest) -> str:
    """The page as it was before it asked once more, with what was typed."""
    query = request.GET.copy()
    for name in request.POST:
        if name not in _NOT_TYPED:
            query.setlist(name, request.POST.getlist(name))
    return f"{request.path}?{query.urlencode()}"
