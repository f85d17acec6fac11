from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, requires
from accounts.permissions import Permission
from core.outbox import undelivered_about
from subscriptions.rules.routes import route_of
from subscriptions.selectors.routes import ways_to_seats
from team.forms import TeamSearchForm
from team.selectors.former_roles import former_role
from team.selectors.members import Search, people_of, seat_pools

ROWS = 25

_COLUMNS = {
    "name": gettext_lazy("Name"),
    "role": gettext_lazy("Role"),
    "": gettext_lazy("Seats held"),
    "status": gettext_lazy("Status"),
    "visited": gettext_lazy("Last visit"),
    "added": gettext_lazy("Added"),
}
_COLUMNS_OF_END_USERS = {
    "name": gettext_lazy("Name"),
    "": gettext_lazy("Previous role"),
    "status": gettext_lazy("Status"),
    "visited": gettext_lazy("Last visit"),
    "added": gettext_lazy("Added"),
}


@dataclass(frozen=True)
class Column:
    """A column's head: what its link sorts by, and how it is sorted now."""

    label: str | Promise
    sort: str
    direction: str

    @property
    def is_extra(self) -> bool:
        """Left out where the table has little room."""
        return self.sort.removeprefix("-") == "added"


@require_safe
@requires(Permission.MANAGE_TEAM)
def team(request: MemberRequest) -> HttpResponse:
    """Everyone but end users, and the seats they hold (R11, R20); or the end users alone."""
    member = request.membership
    pools = seat_pools(member.account)
    form = TeamSearchForm(request.GET, pools=pools)
    search = form.search()
    page = _page(request, search, timezone.now())
    others = request.GET.copy()
    others.pop("page", None)
    context = {
        "account": member.account,
        "route": route_of(request.membership),
        "pools": pools,
        "ways": ways_to_seats(member, pools),
        "form": form,
        "search": search,
        "page": page,
        "query": others.urlencode(),
        "columns": _columns(search),
        "crumbs": [(_("People"), None), (_("Team"), None)],
    }
    return render(request, "team/team.html", context)


def _page(request: MemberRequest, search: Search, at: datetime) -> Page:
    people = people_of(request.membership.account, search, at)
    page = Paginator(people, ROWS).get_page(request.GET.get("page"))
    people_read: list[Any] = list(page)
    invited = [person for person in people_read if person.is_invited]
    undelivered = undelivered_about(invited) if invited else {}
    for person in people_read:
        person.is_undelivered = person.pk in undelivered
        if search.for_end_users:
            person.former_role = former_role(person.roles_given)
    return page


def _columns(search: Search) -> list[Column]:
    columns = _COLUMNS_OF_END_USERS if search.for_end_users else _COLUMNS
    return [_column(key, label, search.sort) for key, label in columns.items()]


def _column(key: str, label: str | Promise, sort: str) -> Column:
    if sort == key:
        return Column(label, f"-{key}", "ascending")
    return Column(label, key, "descending" if sort == f"-{key}" else "")
