"""The pages that explain the API, for whoever writes against it."""

from functools import cache
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from accounts.access import public
from core.api.problems import GENERAL, sentence_of, title_of
from core.errors import Refusal

_APPS = ("core", "accounts", "subscriptions", "team")


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
    return render(request, "api/problems.html", {"problems": _problems()})


def _problems() -> list[dict[str, Any]]:
    by_code: dict[str, list[Refusal]] = {}
    of_apps = [each for app in _APPS for each in vars(import_module(f"{app}.errors")).values()]
    for refusal in (*GENERAL, *of_apps):
        if isinstance(refusal, Refusal):
            by_code.setdefault(refusal.code, []).append(refusal)
    return [
        {
            "code": code,
            "title": title_of(code),
            "status": same[0].status,
            "sentences": sorted({sentence_of(each) for each in same}),
        }
        for code, same in sorted(by_code.items())
    ]
