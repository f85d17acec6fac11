from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.models import Membership
from accounts.permissions import Permission, Role
from core.errors import status_of_form
from core.views import refusals_on
from subscriptions.selectors.routes import ways_to_seats
from team.actions import reactivate_member
from team.forms import ReturnForm, roles_for
from team.member_actions import MEMBER_ACTIONS, needs_seat_to_return
from team.selectors.members import seat_pools, seats_of
from team.views.common import person_of
from team.views.member import unmanageable_message
from team.views.member_actions import back_to, confirm_and_act, confirm_page


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def reactivate(request: MemberRequest, pk: int) -> HttpResponse:
    """Let a suspended member in again; an agent without a seat gets one, or another role (D2)."""
    person = person_of(request, pk)
    if not needs_seat_to_return(person, [str(pool_id) for pool_id in seats_of(person)]):
        return confirm_and_act(request, person, MEMBER_ACTIONS["reactivate"])
    if denial_message := unmanageable_message(request, person):
        raise PermissionDenied(denial_message)
    pools = seat_pools(person.account)
    free = [pool.id for pool in pools if pool.available]
    form = ReturnForm(
        request.POST if request.method == "POST" else None,
        roles=roles_for(person, request.membership),
        pools=pools,
        initial={"role": Role.AGENT, "seats": free if len(pools) == 1 else []},
    )
    if form.is_valid():
        with refusals_on(form):
            _reactivate(request, person, form.cleaned_data)
            messages.success(request, MEMBER_ACTIONS["reactivate"].done_for(person))
            return back_to(person)
    ways = ways_to_seats(request.membership, pools)
    question = MEMBER_ACTIONS["reactivate"].question_for(person, [])
    status = status_of_form(form)
    return confirm_page(
        request, person, question, status=status, form=form, gives_seats=True, ways=ways
    )


def _reactivate(request: MemberRequest, person: Membership, typed: dict[str, Any]) -> None:
    reactivate_member(
        membership=person,
        role=typed["role"],
        pool_ids=typed["seats"],
        by=request.actor,
        at=timezone.now(),
    )
