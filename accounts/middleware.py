from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from core.programs import is_for_programs


class PreferredLanguageMiddleware:
    """The person's language, else the browser's (D11); a program's is the one it asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_personal = not is_for_programs(request)
        preferred = _preferred(request) if is_personal else ""
        language = preferred or translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", *(["Cookie"] if is_personal else [])])
        return response


def _preferred(request: HttpRequest) -> str:
    return request.user.language if request.user.is_authenticated else ""
