"""The pages that explain the API, for whoever writes against it."""

from functools import cache
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from accounts.access import public
from core.api.problems import FAULT, GENERAL, sentence_of
from core.errors import Refusal

_MEANINGS = {
    400: _("The request cannot be read"),
    401: _("The key opens nothing"),
    403: _("The key does not allow it"),
    404: _("It is not there"),
    405: _("The address does not know this method"),
    406: _("There is no answer in this format"),
    409: _("Something changed meanwhile"),
    410: _("It is over"),
    415: _("The body is in another format"),
    422: _("What was sent does not fit"),
    429: _("Too often"),
    500: _("It is our fault"),
}
_APPS = ("core", "accounts", "subscriptions", "events", "team")


@require_safe
@public
@cache_control(public=True, max_age=300)
def description(request: HttpRequest) -> HttpResponse:
    """The API in OpenAPI 3.1, the same as docs/openapi.yaml."""
    return HttpResponse(_description(), content_type="application/json")


@cache
def _description() -> bytes:
    with override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
    written: bytes = OpenApiJsonRenderer().render(schema, renderer_context={})
    return written


@require_safe
@public
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation, to read and to try out with a key."""
    return render(request, "api/docs.html")


@require_safe
@public
def problems(request: HttpRequest) -> HttpResponse:
    """Every code with its status and sentences: where the `type` of a problem leads."""
    listed = _problems()
    statuses = [
        {
            "number": number,
            "meaning": _MEANINGS[number],
            "problems": [each for each in listed if each["status"] == number],
        }
        for number in sorted({each["status"] for each in listed})
    ]
    return render(request, "api/problems.html", {"problems": listed, "statuses": statuses})


def _problems() -> list[dict[str, Any]]:
    by_code: dict[str, list[Refusal]] = {}
    of_apps = [each for app in _APPS for each in vars(import_module(f"{app}.errors")).values()]
    for refusal in (*GENERAL, FAULT, *of_apps):
        if isinstance(refusal, Refusal):
            by_code.setdefault(refusal.code, []).append(refusal)
    return [
        {
            "code": code,
            "status": same[0].status,
            "sentences": sorted({sentence_of(each) for each in same}),
        }
        for code, same in sorted(by_code.items())
    ]
