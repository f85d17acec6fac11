from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.access import public
from accounts.forms import LanguageForm
from core.own_pages import is_own_page

_YEAR = 365 * 24 * 3600


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Store the language for the person, and in a cookie for the pages before sign-in (D11)."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no such language")
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response = HttpResponseRedirect(_safe_next(request))
    if not language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _safe_next(request: HttpRequest) -> str:
    """The page the person was on, if it is one of ours."""
    to = request.POST.get("next", "")
    return to if is_own_page(request, to) else "/"
