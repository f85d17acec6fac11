"""What the pages about people share."""

from collections.abc import Collection, Sequence
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Membership
from subscriptions.routes import Route, pool_rule, route_to_seats
from subscriptions.seats import PoolSnapshot

Crumbs = list[tuple[str, str | None]]


def person_of(request: MemberRequest, pk: int) -> Membership:
    """Anyone who is or was in this account; 404 for everyone else (D8)."""
    memberships = request.membership.account.memberships.select_related("user", "account")
    return get_object_or_404(memberships, pk=pk)


def route_of(request: MemberRequest) -> Route:
    """This member's way to more seats."""
    return route_to_seats(request.membership.account.kind, request.membership.role)


def crumbs_to_team(request: MemberRequest, *more: tuple[str, str | None]) -> Crumbs:
    """The way to a page below Team members (R11)."""
    team = reverse("team", args=[request.membership.account.slug])
    return [(_("People"), None), (_("Team"), None), (_("Team members"), team), *more]


def has_full_pool(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> bool:
    """Whether seats are lacking that can be bought or requested."""
    return any(pool.is_full for pool in _growing(request, pools))


def page_for_seats(
    request: MemberRequest,
    pools: Sequence[PoolSnapshot],
    chosen: Collection[str] = (),
    **query: str,
) -> str:
    """Where this member buys or requests seats, for the first full pool, chosen ones first."""
    growing = _growing(request, pools)
    full = [pool for pool in growing if pool.is_full]
    wanted = [*(pool for pool in full if str(pool.id) in chosen), *full, *growing]
    name = "add_seats" if route_of(request).can_buy else "request_seats"
    page = reverse(name, args=[request.membership.account.slug])
    return f"{page}?{urlencode({'pool': wanted[0].id, **query} if wanted else query)}"


def _growing(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> list[PoolSnapshot]:
    """The pools that can grow in this kind of account (R23)."""
    kind = request.membership.account.kind
    return [pool for pool in pools if pool_rule(kind, is_legacy=pool.is_legacy).can_add]
