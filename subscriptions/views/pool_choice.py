"""Which pool the pages that add seats are about: `?pool=` in the address."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.selectors.contacts import Contact
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.routes import Ways, WayToSeats


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
        raise PermissionDenied(cannot_add_message(pool, ways.contact))
    return way


def cannot_add_message(pool: PoolSnapshot, contact: Contact) -> str:
    """The sentence where there is no way to seats of a pool (R21, R23)."""
    return _("%(pool)s seats cannot be added online. Ask %(name)s (%(email)s).") % {
        "pool": pool.name,
        "name": contact.whom,
        "email": contact.email,
    }


def redirect_with_choice(request: MemberRequest, page: str) -> HttpResponse:
    """On to the other page that adds seats, with the pool and the numbers chosen here."""
    address = reverse(page, args=[request.membership.account.slug])
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)
