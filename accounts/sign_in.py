from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import Membership


def sign_in(request: HttpRequest, member: Membership) -> HttpResponse:
    """Sign in who has just set their password, as the sign-in page would, into the account.

    The session gets a new key, so one that was planted before is worth nothing.
    """
    return perform_login(
        request, member.user, redirect_url=reverse("access", args=[member.account.slug])
    )
