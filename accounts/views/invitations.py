from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, public, signed_in
from accounts.actions import accept_invitation, find_invitation
from accounts.forms import NewPersonForm
from accounts.models import Membership
from accounts.sign_in.session import sign_in
from core.views import refusals_as_messages


@signed_in
@require_POST
def join(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept an invitation from the start page."""
    own = request.user.memberships.present().select_related("account")
    membership = get_object_or_404(own, pk=pk)
    # Pressing the button twice accepts once and shows no error.
    if membership.is_invited:
        with refusals_as_messages(request):
            accept_invitation(membership=membership, at=timezone.now())
            messages.success(request, _welcome(membership))
            return redirect(membership.account.start_url)
        return redirect("home")
    return redirect(membership.account.start_url)


@public
@sensitive_post_parameters()
@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page an invitation link opens, whoever follows it."""
    invitation = find_invitation(token, timezone.now())
    if invitation is None:
        response = _gone(request)
    elif request.user == invitation.user:
        response = _accept_signed_in(request, invitation)
    elif request.user.is_authenticated:
        response = render(request, "accounts/other_person.html", {"invitation": invitation})
    elif invitation.user.has_usable_password():
        response = render(request, "accounts/sign_in_first.html", {"invitation": invitation})
    else:
        response = _accept_new(request, invitation)
    # The address is a secret. Not "no-referrer": a form would lose its Origin, and with it
    # the check against forgery.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _accept_signed_in(request: HttpRequest, invitation: Membership) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/accept.html", {"invitation": invitation})
    # Whatever it is that refuses, the link leads nowhere any more.
    with suppress(ValidationError):
        accept_invitation(membership=invitation, at=timezone.now())
        messages.success(request, _welcome(invitation))
        return redirect(invitation.account.start_url)
    return _gone(request)


def _accept_new(request: HttpRequest, invitation: Membership) -> HttpResponse:
    form = NewPersonForm(
        request.POST if request.method == "POST" else None,
        user=invitation.user,
        initial={"name": invitation.name},
    )
    if not form.is_valid():
        context = {"form": form, "invitation": invitation}
        status = 422 if form.is_bound else 200
        return render(request, "accounts/new_person.html", context, status=status)
    name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
    with suppress(ValidationError):
        member = accept_invitation(
            membership=invitation, at=timezone.now(), name=name, password=password
        )
        messages.success(request, _welcome(member))
        return sign_in(request, member)
    return _gone(request)


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"days": settings.INVITATION_DAYS}
    return render(request, "accounts/invitation_gone.html", context, status=410)


def _welcome(membership: Membership) -> str:
    return _("You are now a member of %(account)s.") % {"account": membership.account.name}
