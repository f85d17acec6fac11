"""The header `Idempotency-Key` (an IETF draft): sent again with the same one, a thing is done once.

What came of it is kept by the action, with the change itself.
"""

import re

from rest_framework.request import Request

from core import errors

HEADER = "Idempotency-Key"
# As long as the column that keeps it.
MAX_LENGTH = 64
PATTERN = rf"[A-Za-z0-9._\-]{{1,{MAX_LENGTH}}}"


def idempotency_key(request: Request) -> str:
    """The key that was sent, with or without the quotation marks of the draft.

    Raises ValidationError `idempotency_key_missing`, `unreadable_idempotency_key`.
    """
    said = request.headers.get(HEADER, "").strip()
    if not said:
        raise errors.IDEMPOTENCY_KEY_MISSING.error()
    found = re.fullmatch(rf'{PATTERN}|"{PATTERN}"', said)
    if not found:
        raise errors.UNREADABLE_IDEMPOTENCY_KEY.error(most=MAX_LENGTH)
    return said.strip('"')
