"""What the pages about people share."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import Membership
from subscriptions.views.crumbs import Crumbs


def person_of(request: MemberRequest, pk: int) -> Membership:
    """Anyone who is or was in this account; 404 for everyone else (D8)."""
    memberships = request.membership.account.memberships.select_related("user", "account")
    return get_object_or_404(memberships, pk=pk)


def crumbs_to_team(request: MemberRequest, *more: tuple[str, str | None]) -> Crumbs:
    """Breadcrumbs to a page below Team members (R11)."""
    team = reverse("team", args=[request.membership.account.slug])
    return [(_("People"), None), (_("Team"), None), (_("Team members"), team), *more]
