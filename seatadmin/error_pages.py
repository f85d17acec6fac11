"""The pages for what is refused or not there, in the frame of the account it happened in."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views import defaults

from accounts.access import member_of
from core import errors
from core.api.problems import FAULT, problem_page
from core.own_pages import is_own_page
from core.programs import is_for_programs

_IN_ACCOUNT = re.compile(r"/a/(?P<slug>[-\w]+)/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_for_programs(request):
        # What cannot be read is refused before the language is chosen.
        with translation.override(translation.get_language_from_request(request)):
            return problem_page(errors.UNREADABLE_REQUEST.error())
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_for_programs(request):
        return problem_page(FAULT.error())
    return defaults.server_error(request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.permission_denied(_in_account(request), exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_for_programs(request):
        return problem_page(errors.NOT_THERE.error())
    return defaults.page_not_found(_in_account(request), exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token; the page it stands on is asked for again."""
    context = {"form_page": _form_page(request)}
    return render(_in_account(request), "403_csrf.html", context, status=403)


def _in_account(request: Any) -> HttpRequest:
    """Give the request its member, where no view did: its page keeps the navigation.

    A stranger's stays without, whether there is such an account or not (D8).
    """
    found = _IN_ACCOUNT.match(request.path_info)
    if found and not hasattr(request, "membership") and request.user.is_authenticated:
        member = member_of(request.user, found["slug"])
        if member:
            request.membership = member
    return request


def _form_page(request: HttpRequest) -> str:
    """Where the form stands, if the browser says so and it is a page of ours; else its address."""
    page = request.headers.get("Referer", "")
    return page if is_own_page(request, page) else request.path
