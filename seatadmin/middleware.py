from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRefresh


class AnswersToHtmxMiddleware:
    """Special answers to htmx: a sign-in page must not be swapped into another page. Who was signed
    out meanwhile gets a full reload, which leads to signing in and back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and _leads_to_sign_in(response):
            response = HttpResponseClientRefresh()
        patch_vary_headers(response, ["HX-Request"])
        return response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    path = urlsplit(response.headers.get("Location", "")).path
    return path == resolve_url(settings.LOGIN_URL)
