"""Repeated forms: the same gets the first one's result, a changed one is refused (D6).

A page that comes back by the browser's button brings the key of the form before, under
entries that may have been changed since. Programs send a key of their own (D19).
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Model

from accounts import errors
from accounts.actors import Actor
from accounts.models import ApiToken, IdempotencyRecord, Membership
from core.locks import hold

# Nobody sends a form of last month again; what it did stands in the histories.
KEPT = timedelta(days=30)
_PURGED_AT_ONCE = 1000


def claim(
    action: str, content: dict[str, Any], *, key: str, by: Actor, at: datetime
) -> IdempotencyRecord:
    """The record of this form, with `results` if it was sent before; without a key a new one.

    Called first in the action's transaction, before any lock: of identical forms at one
    moment, the others wait here until the first is done, or start over where it was refused.
    A program is told to come back instead: it does not hold a connection while it waits.
    Raises ValidationError `used_form` if the form was sent with other content; for a token
    `used_key`, and `in_flight` while the first is not done. ValueError for staff.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    key = key or uuid4().hex
    if by.token and not hold(f"idempotency {by.token.pk} {key}"):
        raise errors.IN_FLIGHT.error()
    record, _new = IdempotencyRecord.objects.get_or_create(
        **_sender(by), key=key, defaults={"action": action, "content": digest, "at": at}
    )
    if (record.action, record.content) != (action, digest):
        if by.token:
            raise errors.USED_KEY.error()
        raise errors.USED_FORM.error()
    return record


def _sender(by: Actor) -> dict[str, ApiToken | Membership]:
    return {"token": by.token} if by.token else {"member": by.acting_member}


def finish(record: IdempotencyRecord, made: Iterable[Model]) -> None:
    """Remember what the action made, in its transaction."""
    record.results = [row.pk for row in made]
    record.save(update_fields=["results"])


def purge(*, at: datetime) -> int:
    """Delete the records of forms sent more than 30 days ago; the same one would be done again.

    In the order they came in, so that no index on the time is needed; and in pieces: on SQLite,
    whoever deletes keeps all others from writing.
    """
    count, is_more = 0, True
    while is_more:
        oldest = IdempotencyRecord.objects.order_by("pk").values_list("pk", "at")
        some = [pk for pk, sent in oldest[:_PURGED_AT_ONCE] if sent < at - KEPT]
        count += IdempotencyRecord.objects.filter(pk__in=some).delete()[0]
        is_more = len(some) == _PURGED_AT_ONCE
    return count
