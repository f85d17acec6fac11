"""The pages that explain the API, for whoever writes against it."""

import re
from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public
from core.api.problems import title_of
from core.errors import Refusal

_APPS = ("core", "accounts", "subscriptions", "team")
_FACT = re.compile(r"%\((\w+)\)[sd]")


@require_safe
@public
def problems(request: HttpRequest) -> HttpResponse:
    """Every code with its status and sentences: where the `type` of a problem leads."""
    by_code: dict[str, list[Refusal]] = {}
    for app in _APPS:
        for refusal in vars(import_module(f"{app}.errors")).values():
            if isinstance(refusal, Refusal):
                by_code.setdefault(refusal.code, []).append(refusal)
    listed = [
        {
            "code": code,
            "title": title_of(code),
            "status": same[0].status,
            "sentences": sorted({_FACT.sub(r"<\1>", str(each.sentence)) for each in same}),
        }
        for code, same in sorted(by_code.items())
    ]
    return render(request, "api/problems.html", {"problems": listed})
