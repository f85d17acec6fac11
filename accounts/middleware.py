from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class NoNullCharacters:
    """PostgreSQL stores no NUL: an address or a cookie with one is refused before it is looked up.

    What is typed into forms, they refuse in a sentence of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_cookie = any("\x00" in value for value in request.COOKIES.values())
        if in_cookie or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address or in a cookie")
        return self.get_response(request)


class PreferredLanguageMiddleware:
    """The person's language, else the browser's (D11)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        preferred = request.user.language if request.user.is_authenticated else ""
        language = preferred or translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
