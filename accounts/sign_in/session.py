from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from accounts import errors
from accounts.access import PersonRequest
from accounts.models import Membership


def sign_in(request: HttpRequest, member: Membership) -> HttpResponse:
    """Sign in who has just set their password, as the sign-in page would, into the account.

    The session gets a new key, so a session key planted before becomes useless.
    """
    return perform_login(request, member.user, redirect_url=member.account.start_url)


def confirm_password(request: PersonRequest, password: str) -> None:
    """Ask whoever is signed in for their password again.

    It counts as a guess like one at sign-in. Raises ValidationError `incorrect_password`,
    `too_many_login_attempts`.
    """
    if not get_adapter(request).reauthenticate(request.user, password):
        raise errors.INCORRECT_PASSWORD.error()
