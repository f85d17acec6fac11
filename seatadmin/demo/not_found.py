from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from seatadmin.error_pages import page_not_found


class OwnNotFoundPage:
    """With `DEBUG` too, a page that is not there is the one a person sees in production."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.resolver_match is None:
            return page_not_found(request, Http404())
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return page_not_found(request, error) if isinstance(error, Http404) else None
