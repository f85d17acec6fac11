"""ETags: which version of a thing a caller has (RFC 9110)."""

import hashlib
import json
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

# The Cache-Control of what is kept with its ETag.
ASKED_AGAIN = "private, no-cache"


def etag_of(said: Any) -> str:
    """Of what an answer says."""
    written = json.dumps(said, sort_keys=True, default=str)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


def is_named(etag: str, header: str, request: Request) -> bool:
    """Whether a header names this version; compression on the way makes its ETag a weak one."""
    sent = parse_etags(request.headers.get(header, ""))
    return "*" in sent or etag in [each.removeprefix("W/") for each in sent]
