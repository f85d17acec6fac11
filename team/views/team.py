from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from subscriptions.ways import ways_to_seats
from team.forms import TeamSearchForm
from team.members import seat_pools, team_of
from team.views.common import route_of

ROWS = 25

_COLUMNS = {
    "name": gettext_lazy("Name"),
    "role": gettext_lazy("Role"),
    "": gettext_lazy("Seats held"),
    "status": gettext_lazy("Status"),
    "signed_in": gettext_lazy("Last sign-in"),
    "added": gettext_lazy("Added"),
}


@dataclass(frozen=True)
class Column:
    """A column's head: what its link sorts by, and how it is sorted now."""

    label: str | Promise
    sort: str
    direction: str


@require_safe
@requires(Permission.MANAGE_TEAM)
def team(request: MemberRequest) -> HttpResponse:
    """Everyone but end users, and the seats they hold (R11, R20)."""
    member = request.membership
    pools = seat_pools(member.account)
    form = TeamSearchForm(request.GET, pools=pools)
    search = form.search()
    page = Paginator(team_of(member.account, search), ROWS).get_page(request.GET.get("page"))
    others = request.GET.copy()
    others.pop("page", None)
    context = {
        "account": member.account,
        "route": route_of(request),
        "pools": pools,
        "ways": ways_to_seats(member, pools),
        "form": form,
        "search": search,
        "page": page,
        "query": others.urlencode(),
        "columns": [_column(key, label, search.sort) for key, label in _COLUMNS.items()],
        "crumbs": [(_("People"), None), (_("Team"), None)],
    }
    return render(request, "team/team.html", context)


def _column(key: str, label: str | Promise, sort: str) -> Column:
    if sort == key:
        return Column(label, f"-{key}", "ascending")
    return Column(label, key, "descending" if sort == f"-{key}" else "")
