"""Refusals over HTTP: the same message everywhere, with a 4xx status (D10)."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm

_CONFLICT, _FORBIDDEN, _TOO_MANY, _UNPROCESSABLE = 409, 403, 429, 422

_STATUS = {
    "already_decided": _CONFLICT,
    "no_seat": _CONFLICT,
    "not_allowed": _FORBIDDEN,
    "open_request": _CONFLICT,
    "saved_meanwhile": _CONFLICT,
    "stale": _CONFLICT,
    "too_many_invitations": _TOO_MANY,
    "too_many_login_attempts": _TOO_MANY,
    "unconfirmed": _CONFLICT,
    "used": _CONFLICT,
    "used_form": _CONFLICT,
}


def status_of(refusal: ValidationError) -> int:
    """The HTTP status of an action's refusal."""
    return _STATUS.get(refusal.code or "", _UNPROCESSABLE)


def status_of_form(form: BaseForm) -> int:
    """The HTTP status of a page that shows a form: 200 unless something was refused."""
    codes = {error.code or "" for errors in form.errors.as_data().values() for error in errors}
    if not codes:
        return 200
    return max(_STATUS.get(code, _UNPROCESSABLE) for code in codes)
