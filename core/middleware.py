"""What holds for every request, whoever sends it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import patch_cache_control

from core.programs import is_for_programs


class NoNullCharacters:
    """Refuse URLs and cookies with a NUL, which PostgreSQL cannot store.

    Forms refuse it themselves, with their own message.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_cookie = any("\x00" in value for value in request.COOKIES.values())
        if in_cookie or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address or in a cookie")
        return self.get_response(request)


class ReadableForms:
    """A form in parts that cannot be told apart is a 400 at every address.

    Read before anything else reads it: where nothing does until an error page is drawn,
    the error page would be the one to fail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data":
            try:
                request.POST  # noqa: B018
            except MultiPartParserError as damage:
                raise BadRequest("a form whose parts cannot be told apart") from damage
        return self.get_response(request)


class NothingStored:
    """What a signed-in person sees stays in no cache, neither a proxy's nor their browser's.

    What a program is answered says so itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_for_programs(request):
            return self.get_response(request)
        # Asked twice: signing out and signing in change the answer.
        is_personal = request.user.is_authenticated
        response = self.get_response(request)
        if is_personal or request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response
