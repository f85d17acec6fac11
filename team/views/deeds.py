from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions import transfer_ownership
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.refusals import status_of
from team.verbs import VERBS, Question, transfer_to
from team.views.common import crumbs_to_team, person_of
from team.views.member import why_unmanageable


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def act(request: MemberRequest, pk: int, verb: str) -> HttpResponse:
    """Suspend, release, remove … a member: what follows is said first, then a button does it."""
    person, deed = person_of(request, pk), VERBS.get(verb)
    if deed is None:
        raise Http404
    pools = [a.pool.name for a in person.seat_assignments.select_related("pool")]
    question = deed.asked_of(person, pools)
    if request.method == "POST":
        try:
            deed.act(membership=person, by=request.membership, at=timezone.now())
        except ValidationError as refusal:
            return _ask(request, person, question, refusal)
        messages.success(request, deed.done_for(person))
        return _back(person)
    if why_not := why_unmanageable(request, person):
        raise PermissionDenied(why_not)
    if not deed.fits(person, pools):
        return _back(person)
    return _ask(request, person, question)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TRANSFER_OWNERSHIP)
def transfer(request: MemberRequest, pk: int) -> HttpResponse:
    """Hand the ownership on, once its consequences are read (D7)."""
    person = person_of(request, pk)
    question = transfer_to(person)
    if request.method == "POST":
        try:
            transfer_ownership(to=person, by=request.membership, at=timezone.now())
        except ValidationError as refusal:
            return _ask(request, person, question, refusal)
        messages.success(request, _("%(name)s is the account owner now.") % {"name": person.name})
        return _back(person)
    return _ask(request, person, question) if person.can_inherit else _back(person)


def _ask(
    request: MemberRequest,
    person: Membership,
    question: Question,
    refusal: ValidationError | None = None,
) -> HttpResponse:
    back = reverse("member", args=[person.account.slug, person.pk])
    context = {
        "person": person,
        "question": question,
        "refusal": refusal.message if refusal else "",
        "back": back,
        "crumbs": crumbs_to_team(request, (person.name, back)),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "team/confirm.html", context, status=status)


def _back(person: Membership) -> HttpResponse:
    return redirect("member", account=person.account.slug, pk=person.pk)
