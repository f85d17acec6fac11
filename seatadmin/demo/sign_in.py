"""Being someone of the demo with one click. Without DEBUG there is no such page."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import public
from seatadmin.demo.people import PASSWORD, people


@public
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in who is on the sign-in page's list, if their password still is the demo's."""
    if not settings.DEBUG:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    email = request.POST.get("email", "")
    listed = {person["email"] for group in people() for person in group["people"]}
    if email not in listed:
        raise Http404
    user = authenticate(request, email=email, password=PASSWORD)
    if user is None:
        messages.error(request, _("%(email)s now has a different password.") % {"email": email})
        return redirect("account_login")
    return perform_login(request, user)
