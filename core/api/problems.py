"""Refusals as problem documents (RFC 9457): code and sentence of `errors.py`, in the
caller's language (D10).

    {"type": "https://…/api/docs/problems/#not_found", "title": "Not found", "status": 404,
     "code": "not_found", "detail": "There is nothing here that your key opens."}

What is wrong with single fields is in `errors`: `{"field": "limit", "code": …, "detail": …}`.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, SuspiciousOperation, ValidationError
from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import errors
from core.errors import Refusal, status_of

CONTENT_TYPE = "application/problem+json"

# What the frame itself refuses, in the words of REST framework.
UNSUPPORTED_MEDIA_TYPE, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, INVALID = GENERAL = tuple(
    Refusal(error.default_code, status, cast(Promise, error.default_detail))
    for error, status in (
        (exceptions.UnsupportedMediaType, 415),
        (exceptions.MethodNotAllowed, 405),
        (exceptions.NotAcceptable, 406),
        # A field is wrong: which, and why, is in `errors`.
        (exceptions.ValidationError, 422),
    )
)
# No refusal, but what is answered where we failed.
FAULT = Refusal("fault", 500, _("Something went wrong on our side. Try again in a moment."))
# What a serializer says of a body as a whole, in place of a refusal of ours.
_OF_THE_FRAME = ("null", "unknown_field")
_FACT = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


class ExtendedRefusalError(Exception):
    """A refusal whose document says more: what to agree to instead, for example (RFC 9457)."""

    def __init__(self, refusal: ValidationError, **more: Any) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.more = more


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to what a view raised; None for what is no refusal but a fault of ours."""
    if isinstance(error, ExtendedRefusalError):
        set_rollback()
        return _respond({**_of_refusal(error.refusal), **error.more})
    if isinstance(error, Http404):
        error = errors.NOT_THERE.error()
    elif isinstance(error, SuspiciousOperation):
        error = errors.UNREADABLE_BODY.error()
    if isinstance(error, ValidationError):
        set_rollback()
        return _respond(_of_refusal(error))
    if isinstance(error, exceptions.APIException):
        set_rollback()
        return _respond(_of_exception(error))
    return None


def problem_page(refusal: ValidationError) -> JsonResponse:
    """The document where no view of the API got so far as to answer."""
    document = _of_refusal(refusal)
    return JsonResponse(document, status=document["status"], content_type=CONTENT_TYPE)


def documentation_of(code: str) -> str:
    return f"{settings.BASE_URL}{reverse('api_problems')}#{code}"


def sentence_of(refusal: Refusal) -> str:
    """Its sentence, with the names of its facts in braces."""
    return _FACT.sub(lambda fact: f"{{{fact[1] or fact[2]}}}", str(refusal.sentence))


def title_of(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _respond(document: dict[str, Any]) -> Response:
    is_unknown = document["status"] == status.HTTP_401_UNAUTHORIZED
    headers = {"WWW-Authenticate": "Bearer"} if is_unknown else {}
    return Response(document, document["status"], headers=headers, content_type=CONTENT_TYPE)


def _document(code: str, status: int, detail: str) -> dict[str, Any]:
    return {
        "type": documentation_of(code),
        "title": title_of(code),
        "status": status,
        "code": code,
        "detail": detail,
    }


def _of_refusal(refusal: ValidationError) -> dict[str, Any]:
    by_field = refusal.update_error_dict({})
    found = [(field, error) for field, several in by_field.items() for error in several]
    _field, first = found[0]
    detail = " ".join(message for _field, error in found for message in error.messages)
    document = _document(first.code or "invalid", status_of(refusal), detail)
    named = [
        {"field": field, "code": error.code or "invalid", "detail": " ".join(error.messages)}
        for field, error in found
        if field != NON_FIELD_ERRORS
    ]
    return {**document, "errors": named} if named else document


def _of_exception(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        found = list(_fields(error.get_full_details()))
        named = [each for each in found if each["field"]]
        # What is wrong with all of it together is the problem itself.
        whole = [each["code"] for each in found if not each["field"]]
        code = next((code for code in whole if code not in _OF_THE_FRAME), "invalid")
        detail = " ".join(f"{each['field']}: {each['detail']}".lstrip(": ") for each in found)
        document = _document(code, status.HTTP_422_UNPROCESSABLE_ENTITY, detail)
        return {**document, "errors": named} if named else document
    return _document(str(error.get_codes()), error.status_code, str(error.detail))


def _fields(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Every message of a serializer with the path to its field: `checks.3.person`."""
    is_message = isinstance(details, dict) and isinstance(details.get("message"), str)
    if is_message and {"message", "code"} == set(details):
        yield {"field": path, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            below = path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
            yield from _fields(inner, below)
    elif isinstance(details, list):
        for inner in details:
            yield from _fields(inner, path)
