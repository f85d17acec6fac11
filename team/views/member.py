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
from accounts.actions.members import check_manageable
from accounts.models import Membership
from accounts.permissions import DESCRIPTIONS, Permission, Role, givers_of
from accounts.selectors.contacts import owner_of
from core.errors import status_of_form
from core.outbox import undelivered_about
from core.views import refusals_on
from subscriptions.rules.routes import route_of
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.routes import ways_to_seats
from team import actions
from team.forms import MemberForm, roles_for, roles_to_give
from team.member_actions import member_actions_for
from team.selectors.former_roles import former_role_of, values_to_return
from team.selectors.history import history_of
from team.selectors.members import held_seats, seat_pools, state_of
from team.views.common import crumbs_to_team, person_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def member(request: MemberRequest, pk: int) -> HttpResponse:
    """One person: role, seats and why they count (N3), and what can be done (D2, D7)."""
    person = person_of(request, pk)
    pools = seat_pools(person.account)
    held = held_seats(person, pools)
    holds = [seat.pool.id for seat in held]
    form = MemberForm(
        request.POST if request.method == "POST" else None,
        roles=roles_for(person, request.membership),
        pools=pools,
        held=frozenset(holds),
        initial=_initial(request, person, pools, holds),
    )
    if form.is_valid():
        with refusals_on(form):
            is_same = _says_what_is_so(form.cleaned_data, person, holds)
            _change(request, person, form.cleaned_data)
            if is_same:
                messages.info(request, _("Nothing changed."))
            else:
                saved = _("Changes to %(name)s have been saved.")
                messages.success(request, saved % form.cleaned_data)
            return redirect("member", account=person.account.slug, pk=person.pk)
    context = {"form": form, "pools": pools, "seats": held, **_page(request, person)}
    lacking = [pool for pool in pools if pool.id not in holds]
    context["ways"] = ways_to_seats(request.membership, lacking)
    context["member_actions"] = _member_actions(request, person, [seat.pool.name for seat in held])
    return render(request, "team/member.html", context, status=status_of_form(form))


def _initial(
    request: MemberRequest, person: Membership, pools: list[PoolSnapshot], holds: list[int]
) -> dict[str, Any]:
    """What the form starts with: what is so, or what makes an end user a team member again."""
    if person.is_end_user and "again" in request.GET:
        return values_to_return(person, roles_to_give(request.membership), pools)
    return {"name": person.name, "role": person.role, "seats": holds}


def unmanageable_message(request: MemberRequest, person: Membership) -> str:
    """Why the viewer cannot change this person, in the action's words (D10)."""
    try:
        check_manageable(person, request.membership)
    except ValidationError as refusal:
        return str(refusal.message)
    return ""


def _says_what_is_so(typed: dict[str, Any], person: Membership, holds: Sequence[int]) -> bool:
    """Whether the form was sent as it was shown."""
    was = (person.name, person.role, set(holds))
    return (typed["name"], typed["role"], set(typed["seats"])) == was


def _change(request: MemberRequest, person: Membership, typed: dict[str, Any]) -> None:
    actions.change_member(
        membership=person,
        name=typed["name"],
        role=typed["role"],
        pool_ids=typed["seats"],
        by=request.actor,
        at=timezone.now(),
        expected_state=request.POST.get("expected_state", ""),
    )


def _member_actions(request: MemberRequest, person: Membership, pools: list[str]) -> dict[str, Any]:
    """The buttons to draw: those that apply to the member, if the viewer can use them."""
    if unmanageable_message(request, person):
        return {}
    fitting = member_actions_for(person, pools)
    return {
        "plain": [action for action in fitting if not action.is_dangerous],
        "dangerous": [action for action in fitting if action.is_dangerous],
    }


def _page(request: MemberRequest, person: Membership) -> dict[str, Any]:
    me, account = request.membership, person.account
    is_self = person.pk == me.pk
    denial_message = unmanageable_message(request, person)
    is_again = "again" in request.GET
    may_transfer = me.may(Permission.TRANSFER_OWNERSHIP)
    return {
        "account": account,
        "person": person,
        "role": DESCRIPTIONS[Role(person.role)],
        "is_self": is_self,
        "own_role": _who_changes_own_role(me) if is_self else "",
        "former_role": former_role_of(person),
        "can_return": not denial_message and person.is_end_user and not is_again,
        "may_change": is_self or not denial_message,
        "denial_message": denial_message,
        "state": state_of(person),
        "history": history_of(person),
        "invitation_expired": person.invitation_expired(timezone.now()),
        "invitation_undelivered": person.is_invited and bool(undelivered_about([person])),
        "can_become_owner": may_transfer and person.can_become_owner,
        "ownership_candidates": account.memberships.ownership_candidates()
        if may_transfer and is_self
        else (),
        "route": route_of(request.membership),
        "crumbs": crumbs_to_team(request),
    }


def _who_changes_own_role(me: Membership) -> str:
    """Why one's own role is not to be chosen here, and who can change it (D7, D13)."""
    if me.is_owner:
        return _("You are the account owner until you transfer ownership to someone else.")
    if givers_of(me.role) == [Role.OWNER]:
        owner = owner_of(me.account)
        return _("Only the account owner, %(name)s (%(email)s), can change your role.") % {
            "name": owner.name,
            "email": owner.user.email,
        }
    return _("Only the account owner, a billing admin or another admin can change your role.")
