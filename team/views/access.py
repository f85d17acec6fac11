from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, requires
from accounts.permissions import DESCRIPTIONS, Permission, Role
from subscriptions.rules.routes import route_of
from subscriptions.selectors.routes import ways_to_seats
from team.selectors.members import held_seats, helpers, seat_pools, what_may


@require_safe
@requires(Permission.VIEW_OWN_ACCESS)
def access(request: MemberRequest) -> HttpResponse:
    """A member's own access: role, seats, what they may do, whom to ask (N3)."""
    member = request.membership
    route = route_of(request.membership)
    pools = seat_pools(member.account)
    context = {
        "member": member,
        "account": member.account,
        "role": DESCRIPTIONS[Role(member.role)],
        "route": route,
        "pools": pools,
        "ways": ways_to_seats(member, pools),
        "seats": held_seats(member, pools),
        "may": [permission.label for permission in what_may(member, route)],
        "manages_team": member.may(Permission.MANAGE_TEAM),
        "sees_subscription": member.may(Permission.VIEW_SUBSCRIPTION),
        "helpers": [m for m in helpers(member.account) if m.pk != member.pk],
        "crumbs": [(_("Account"), None)],
    }
    return render(request, "team/access.html", context)
