"""Repeated forms: the same gets the first one's result, a changed one is refused (D6).

A page that comes back by the browser's button brings the key of the form before, under
entries that may have been changed since.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Model

from accounts import errors
from accounts.models import IdempotencyRecord, Membership


def claim(
    action: str, content: dict[str, Any], *, key: str, by: Membership, at: datetime
) -> IdempotencyRecord:
    """The record of this form, with `results` if it was sent before; without a key a new one.

    Called first in the action's transaction, before any lock: of identical forms at one
    moment, the others wait here until the first is done, or start over where it was refused.
    Raises ValidationError `used_form` if the form was sent with other content.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    record, _new = IdempotencyRecord.objects.get_or_create(
        member=by,
        key=key or uuid4().hex,
        defaults={"action": action, "content": digest, "at": at},
    )
    if (record.action, record.content) != (action, digest):
        raise errors.USED_FORM.error()
    return record


def finish(record: IdempotencyRecord, made: Iterable[Model]) -> None:
    """Remember what the action made, in its transaction."""
    record.results = [row.pk for row in made]
    record.save(update_fields=["results"])
