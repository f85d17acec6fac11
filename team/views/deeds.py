from collections.abc import Sequence

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
from team.verbs import VERBS
from team.views.member import person_of, why_unmanageable


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def act(request: MemberRequest, pk: int, verb: str) -> HttpResponse:
    """Suspend, release, remove … a member: what follows is said first, then a button does it."""
    person, deed = person_of(request, pk), VERBS.get(verb)
    if deed is None:
        raise Http404
    pools = [a.pool.name for a in person.seat_assignments.select_related("pool")]
    error, status = "", 200
    if request.method == "POST":
        try:
            deed.act(membership=person, by=request.membership, at=timezone.now())
        except ValidationError as refusal:
            error, status = str(refusal.message), status_of(refusal)
        else:
            messages.success(request, deed.done_for(person))
            return _back(person)
    elif why_not := why_unmanageable(request, person):
        raise PermissionDenied(why_not)
    elif not deed.fits(person, pools):
        return _back(person)
    consequences = deed.consequences(person, pools)
    return _confirm(
        request, person, deed.question_for(person), str(deed.label), consequences, error, status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TRANSFER_OWNERSHIP)
def transfer(request: MemberRequest, pk: int) -> HttpResponse:
    """Hand the ownership on, once its consequences are read (D7)."""
    person = person_of(request, pk)
    names = {"name": person.name, "role": person.get_role_display()}
    error, status = "", 200
    if request.method == "POST":
        try:
            transfer_ownership(to=person, by=request.membership, at=timezone.now())
        except ValidationError as refusal:
            error, status = str(refusal.message), status_of(refusal)
        else:
            messages.success(request, _("%(name)s is the account owner now.") % names)
            return _back(person)
    elif not person.can_inherit:
        return _back(person)
    question = _("Make %(name)s the account owner?") % names
    consequences = [
        _("%(name)s, now %(role)s, becomes the account owner and may do everything.") % names,
        _("You become a billing admin. There is always exactly one owner."),
        _("You cannot take this back: from then on only %(name)s can hand the ownership on.")
        % names,
    ]
    label = _("Transfer the ownership")
    return _confirm(request, person, question, label, consequences, error, status)


def _confirm(
    request: MemberRequest,
    person: Membership,
    question: str,
    label: str,
    consequences: Sequence[str],
    error: str,
    status: int,
) -> HttpResponse:
    slug = person.account.slug
    context = {
        "person": person,
        "question": question,
        "label": label,
        "consequences": consequences,
        "error": error,
        "back": reverse("member", args=[slug, person.pk]),
        "crumbs": [
            (_("People"), None), (_("Team"), None),
            (_("Team members"), reverse("team", args=[slug])),
            (person.name, reverse("member", args=[slug, person.pk])),
        ],
    }  # fmt: skip
    return render(request, "team/confirm.html", context, status=status)


def _back(person: Membership) -> HttpResponse:
    return redirect("member", account=person.account.slug, pk=person.pk)
