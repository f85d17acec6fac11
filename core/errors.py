"""Refusals: a code, an HTTP status and a sentence, the same wherever they are shown (D10).

Each app lists its own in its `errors.py`. Pages, admin and API read all three from the
error that was raised.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_UNPROCESSABLE = 422


@dataclass(frozen=True)
class Refusal:
    """Why something is not done. The sentence says what to do next, with `%(named)s` facts.

    `field` is the input it is about, where every form has one of this name.
    """

    code: str
    status: int
    sentence: str | Promise
    field: str = ""

    def error(self, **facts: Any) -> ValidationError:
        """The error to raise, in the current language."""
        sentence = str(self.sentence)
        # Filled in here, not by Django: a name may contain a percent sign.
        refused = RefusalError(sentence % facts if facts else sentence, self.code)
        refused.status, refused.facts = self.status, facts
        return ValidationError({self.field: refused}) if self.field else refused


class RefusalError(ValidationError):
    """A refusal with its facts. Forms keep it, so their page knows its status."""

    status: int
    facts: dict[str, Any]


SAVED_MEANWHILE = Refusal(
    "saved_meanwhile",
    409,
    _("This was already saved a moment ago. Check the list before you try again."),
)
KEY_ENDED = Refusal("key_ended", 422, _("This key is no longer valid. Create a new one."))
KEY_ROTATED = Refusal(
    "stale",
    409,
    _(
        "Someone rotated this key in the meantime. Before you rotate it again, make sure that "
        "nobody uses the new one."
    ),
)
INVALID_EMAIL = Refusal("invalid", 422, _("Enter a valid email address."))
UNREADABLE_NAME = Refusal(
    "unreadable", 422, _("Use only visible characters: letters, digits and punctuation.")
)
WEB_ADDRESS_AS_NAME = Refusal(
    "web_address",
    422,
    _("This looks like a web address. Enter only the name, with a space after each period."),
)

# What programs are told

KEY_MISSING = Refusal(
    "key_missing", 401, _("Send your key in the header: Authorization: Bearer, a space, the key.")
)
KEY_UNKNOWN = Refusal("key_unknown", 401, _("There is no such key. Check that it is complete."))
KEY_OF_OTHER_KIND = Refusal(
    "key_of_other_kind", 401, _("This key does not open this. Use one that begins with %(kinds)s.")
)
KEY_EXPIRED = Refusal("key_expired", 401, _("This key is no longer valid. Use a new one."))
KEY_REVOKED = Refusal("key_revoked", 401, _("This key was revoked. Use another one."))
TOO_MANY_REQUESTS = Refusal(
    "too_many_requests", 429, _("Too many requests. Try again in %(seconds)s seconds.")
)
NOT_THERE = Refusal("not_found", 404, _("There is nothing here that your key opens."))
UNKNOWN_FIELD = Refusal("unknown_field", 422, _("There is no field or filter with this name."))
FILTER_TWICE = Refusal("filter_twice", 422, _("Give the filter %(name)s once."))
UNREADABLE_BODY = Refusal(
    "unreadable_body", 400, _("The body cannot be read: it is not JSON, or too long or too deep.")
)
IDEMPOTENCY_KEY_MISSING = Refusal(
    "idempotency_key_missing",
    400,
    _("Send an Idempotency-Key, a new one for each thing you want done: it is then done once."),
)
UNREADABLE_IDEMPOTENCY_KEY = Refusal(
    "unreadable_idempotency_key",
    400,
    _("An Idempotency-Key has 1 to %(most)s letters, digits, dots, dashes or underscores."),
)
UNREADABLE_REQUEST = Refusal(
    "unreadable_request",
    400,
    _("The request cannot be read. Check its address, its headers and its body."),
)
CHANGED_SINCE = Refusal(
    "changed_since",
    412,
    _("This was changed since you read it. Nothing was done. Read it again, and decide again."),
)
NO_SUCH_ID = Refusal("no_such_id", 422, _("This is not an id that begins with %(prefix)s_."))
BAD_CURSOR = Refusal(
    "bad_cursor",
    422,
    _("This is not the cursor of a page. Follow the address in next."),
    field="cursor",
)


def status_of(refusal: ValidationError) -> int:
    """The HTTP status of a refusal."""
    by_field = refusal.update_error_dict({}).values()
    return max(_status(error) for errors in by_field for error in errors)


def status_of_form(form: BaseForm) -> int:
    """The HTTP status of a page that shows a form: 200 unless something was refused."""
    by_field = form.errors.as_data().values()
    return max((_status(error) for errors in by_field for error in errors), default=200)


def _status(error: ValidationError) -> int:
    """What a field says about its own input has no status of its own."""
    return error.status if isinstance(error, RefusalError) else _UNPROCESSABLE
