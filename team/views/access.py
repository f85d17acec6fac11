from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import MemberRequest, requires
from accounts.permissions import DESCRIPTIONS, Permission, Role
from subscriptions.routes import route_to_seats
from team.members import held_seats, helpers, requested_pools, seat_pools, what_may


@requires(Permission.VIEW_OWN_ACCESS)
def access(request: MemberRequest) -> HttpResponse:
    """A member's own access: role, seats, what they may do, whom to ask (N3)."""
    member = request.membership
    route = route_to_seats(member.account.kind, member.role)
    pools = seat_pools(member.account)
    context = {
        "member": member,
        "account": member.account,
        "role": DESCRIPTIONS[Role(member.role)],
        "route": route,
        "pools": pools,
        "requested": requested_pools(member.account),
        "seats": held_seats(member, pools),
        "may": [permission.label for permission in what_may(member, route)],
        "manages_team": member.may(Permission.MANAGE_TEAM),
        "sees_subscription": member.may(Permission.VIEW_SUBSCRIPTION),
        "helpers": [m for m in helpers(member.account) if m.pk != member.pk],
    }
    return render(request, "team/access.html", context)
