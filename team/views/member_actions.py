from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions import transfer_ownership
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.selectors.tokens import tokens_as_owner
from accounts.sign_in.session import confirm_password
from core.errors import status_of_form
from core.views import refusals_on
from team.forms import PasswordForm
from team.member_actions import MEMBER_ACTIONS, MemberAction, Question, transfer_to
from team.views.common import crumbs_to_team, person_of
from team.views.member import unmanageable_message


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TEAM)
def member_action(request: MemberRequest, pk: int, action: str) -> HttpResponse:
    """Suspend, release, remove … a member: first the consequences, then a button to confirm."""
    person, chosen = person_of(request, pk), MEMBER_ACTIONS.get(action)
    if chosen is None:
        raise Http404
    return confirm_and_act(request, person, chosen)


def confirm_and_act(
    request: MemberRequest, person: Membership, action: MemberAction
) -> HttpResponse:
    """Ask before an action, and do it when the answer comes."""
    pools = [a.pool.name for a in person.seat_assignments.select_related("pool")]
    question = action.question_for(person, pools)
    if request.method == "POST":
        form = forms.Form(request.POST)
        with refusals_on(form):
            action.act(membership=person, by=request.actor, at=timezone.now())
            messages.success(request, action.done_for(person))
            return back_to(person)
        return _refused(request, person, question, form)
    if denial_message := unmanageable_message(request, person):
        raise PermissionDenied(denial_message)
    return (
        confirm_page(request, person, question) if action.fits(person, pools) else back_to(person)
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TRANSFER_OWNERSHIP)
def transfer(request: MemberRequest, pk: int) -> HttpResponse:
    """Transfer ownership, after showing the consequences and asking for the password (D7)."""
    person = person_of(request, pk)
    question = transfer_to(person, tokens_as_owner(request.membership, timezone.now()))
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_password(request, form):
        with refusals_on(form):
            transfer_ownership(to=person, by=request.actor, at=timezone.now())
            messages.success(
                request, _("%(name)s is now the account owner.") % {"name": person.name}
            )
            return back_to(person)
        return _refused(request, person, question, form)
    if not form.is_bound and not person.can_become_owner:
        return back_to(person)
    return confirm_page(request, person, question, form=form, status=status_of_form(form))


def _is_password(request: MemberRequest, form: PasswordForm) -> bool:
    """Whether it is the password of the signed-in user; counted like a guess at sign-in."""
    try:
        confirm_password(request, form.cleaned_data["password"])
    except ValidationError as refusal:
        form.add_error("password", refusal)
        return False
    return True


def confirm_page(
    request: MemberRequest,
    person: Membership,
    question: Question,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The page with the consequences and the button to confirm."""
    back = reverse("member", args=[person.account.slug, person.pk])
    context |= {
        "account": person.account,
        "person": person,
        "question": question,
        "back": back,
        "crumbs": crumbs_to_team(request, (person.name, back)),
    }
    return render(request, "team/confirm.html", context, status=status)


def _refused(
    request: MemberRequest, person: Membership, question: Question, form: forms.Form
) -> HttpResponse:
    """Why not, in place of the question: asking again would not help."""
    refusal = str(form.non_field_errors()[0])
    return confirm_page(request, person, question, refusal=refusal, status=status_of_form(form))


def back_to(person: Membership) -> HttpResponse:
    return redirect("member", account=person.account.slug, pk=person.pk)
