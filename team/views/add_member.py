from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import errors
from accounts.access import MemberRequest, requires
from accounts.models import Membership
from accounts.permissions import Permission, Role
from core.emails import normalize_email
from core.errors import status_of_form
from core.fields import new_idempotency_key
from core.views import refusals_on
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.routes import Ways, WayToSeats, ways_to_seats
from subscriptions.views.return_to_member import add_member_url
from team import actions
from team.forms import AddMemberForm, roles_to_give
from team.selectors.members import seat_pools
from team.views import drafts
from team.views.common import crumbs_to_team


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def add_member(request: MemberRequest) -> HttpResponse:
    """Invite a person, with seats from the invitation on (R18, R20, D2)."""
    account = request.membership.account
    ways = ways_to_seats(request.membership, seat_pools(account))
    if request.method == "POST" and "go" in request.POST:
        return _leave(request, ways)
    draft = drafts.read(request, account)
    if request.method != "POST" and not draft and _comes_for_a_seat(request, ways):
        return _to_seats(request, ways.best)
    pools = [way.pool for way in ways.pools]
    form = AddMemberForm(
        request.POST if request.method == "POST" else None,
        roles=_roles(request, pools),
        pools=pools,
        initial=draft or _first_values(request, pools),
    )
    if form.is_valid():
        with refusals_on(form):
            member = _add(request, form.cleaned_data)
            drafts.drop(request, account)
            messages.success(request, _added(member))
            return redirect("team", account.slug)
    return _page(request, form, ways, is_draft=bool(draft))


def _leave(request: MemberRequest, ways: Ways) -> HttpResponse:
    """The ways out of the form: to seats and back, to an empty form, or away."""
    account, go = request.membership.account, request.POST["go"]
    if go in ("clear", "cancel"):
        drafts.drop(request, account)
        return (
            redirect(add_member_url(request)) if go == "clear" else redirect("team", account.slug)
        )
    drafts.keep(request, account, request.POST)
    return _to_seats(request, _wanted(ways, request.POST.getlist("seats"), go))


def _wanted(ways: Ways, chosen: Sequence[str], go: str) -> WayToSeats | None:
    """The way to the pool of the button, else to the first full pool, chosen ones first (R18)."""
    there = [way for way in ways.pools if way.is_open]
    named = [way for way in there if go == f"seats-{way.pool.id}"]
    full = [way for way in there if way.pool.is_full]
    ticked = [way for way in full if str(way.pool.id) in chosen]
    return next(iter([*named, *ticked, *full]), ways.best)


def _to_seats(request: MemberRequest, way: WayToSeats | None) -> HttpResponse:
    return redirect(way.url_for("add_member") if way else add_member_url(request))


def _comes_for_a_seat(request: MemberRequest, ways: Ways) -> bool:
    """Whether seats come first: none is left in any pool, and there is a way to some (R18)."""
    if "seat" in request.GET or ways.has_free_seat or not ways.best:
        return False
    if "email" in request.GET:
        typed = request.GET.copy()
        typed["role"] = Role.AGENT
        drafts.keep(request, request.membership.account, typed)
    return True


def _roles(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> list[Role]:
    """The roles to choose from; an agent needs a seat, so there is none before any is bought."""
    return [role for role in roles_to_give(request.membership) if pools or role != Role.AGENT]


def _add(request: MemberRequest, typed: dict[str, Any]) -> Membership:
    return actions.add_member(
        email=typed["email"],
        name=typed["name"],
        role=typed["role"],
        pool_ids=typed["seats"],
        idempotency_key=typed["idempotency_key"],
        by=request.actor,
        at=timezone.now(),
    )


def _added(member: Membership) -> str:
    names = {"name": member.name, "email": member.user.email}
    if member.is_invited:
        return _("%(name)s has been added. An invitation will be sent to %(email)s.") % names
    return _("%(name)s is now a team member.") % names


def _first_values(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> dict[str, Any]:
    """Initial values: an agent while seats are free, with the seat if there is only one pool."""
    free = [pool.id for pool in pools if pool.available]
    return {
        "role": Role.AGENT if free else Role.ADMIN,
        "seats": free if len(pools) == 1 else [],
        "email": request.GET.get("email", ""),
    }


def _page(
    request: MemberRequest, form: AddMemberForm, ways: Ways, *, is_draft: bool
) -> HttpResponse:
    account = request.membership.account
    chosen = {str(pool_id) for pool_id in form["seats"].value() or []}
    needed = [way.pool.id for way in ways.pools if str(way.pool.id) in chosen]
    context = {
        "account": account,
        "route": ways.route,
        "form": form,
        "idempotency_key": new_idempotency_key(),
        "pools": [way.pool for way in ways.pools],
        # The warning is about the seats this person is to have, once they are chosen.
        "ways": ways.among(needed) if needed else ways,
        "needs_seats": any(way.is_open for way in ways.full),
        "requested": {way.pool.id for way in ways.requested},
        "existing": _existing(account.memberships, form) if form.is_bound else None,
        "is_draft": is_draft and not form.is_bound,
        "crumbs": crumbs_to_team(request),
    }
    return render(request, "team/add_member.html", context, status=status_of_form(form))


def _existing(memberships: Any, form: AddMemberForm) -> Membership | None:
    """The member a refused email address belongs to, for a link to them."""
    refused = {error.code for error in form.errors.as_data().get("email", [])}
    if not refused & {errors.ALREADY_MEMBER.code, errors.SUSPENDED.code}:
        return None
    return memberships.present().filter(user__email=normalize_email(form["email"].value())).first()
