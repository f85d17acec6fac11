from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.emails import normalize_email
from accounts.models import Membership
from accounts.permissions import Permission, Role
from accounts.refusals import status_of_form
from subscriptions.seats import PoolSnapshot
from team import actions, drafts
from team.forms import AddMemberForm, roles_to_give
from team.members import requested_pools, seat_pools
from team.views.common import crumbs_to_team, has_full_pool, page_for_seats, route_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def add_member(request: MemberRequest) -> HttpResponse:
    """Invite a person, with seats from the invitation on (R18, R20, D2)."""
    account = request.membership.account
    pools = seat_pools(account)
    if request.method == "POST" and request.POST.get("go") == "seats":
        drafts.keep(request, account)
        chosen = request.POST.getlist("seats")
        return redirect(page_for_seats(request, pools, chosen, then="add_member"))
    if request.method == "POST" and request.POST.get("go") == "clear":
        drafts.drop(request, account)
        return redirect("add_member", account.slug)
    draft = drafts.read(request, account)
    form = AddMemberForm(
        request.POST if request.method == "POST" else None,
        roles=roles_to_give(request.membership),
        pools=pools,
        initial=draft or _first_values(request, pools),
    )
    if form.is_valid():
        try:
            member = _add(request, form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            drafts.drop(request, account)
            messages.success(request, _added(member))
            return redirect("team", account.slug)
    return _page(request, form, pools, is_draft=bool(draft))


def _add(request: MemberRequest, typed: dict[str, Any]) -> Membership:
    return actions.add_member(
        email=typed["email"],
        name=typed["name"],
        role=typed["role"],
        pool_ids=typed["seats"],
        by=request.membership,
        at=timezone.now(),
    )


def _added(member: Membership) -> str:
    names = {"name": member.name, "email": member.user.email}
    if member.is_invited:
        return _("%(name)s is added. The invitation is on its way to %(email)s.") % names
    return _("%(name)s is a team member now.") % names


def _first_values(request: MemberRequest, pools: Sequence[PoolSnapshot]) -> dict[str, Any]:
    """For an empty form: an agent, and the seat there is no choice about."""
    seats = [pools[0].id] if len(pools) == 1 and pools[0].available else []
    return {"role": Role.AGENT, "seats": seats, "email": request.GET.get("email", "")}


def _page(
    request: MemberRequest, form: AddMemberForm, pools: list[PoolSnapshot], *, is_draft: bool
) -> HttpResponse:
    account = request.membership.account
    context = {
        "account": account,
        "route": route_of(request),
        "form": form,
        "pools": pools,
        "needs_seats": has_full_pool(request, pools),
        "requested": requested_pools(account),
        "existing": _existing(account.memberships, form) if form.is_bound else None,
        "is_draft": is_draft and not form.is_bound,
        "crumbs": crumbs_to_team(request),
    }
    return render(request, "team/add_member.html", context, status=status_of_form(form))


def _existing(memberships: Any, form: AddMemberForm) -> Membership | None:
    """The member a refused address belongs to, to lead there."""
    refused = {error.code for error in form.errors.as_data().get("email", [])}
    if not refused & {"already_member", "suspended"}:
        return None
    return memberships.present().filter(user__email=normalize_email(form["email"].value())).first()
