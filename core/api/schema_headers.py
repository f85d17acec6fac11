"""The headers that operations take besides the key, as the description of the API names them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from core.api import idempotency
from core.api.operations import Operation
from core.api.schema_parts import TEXT

_ONCE = (
    "A new one for each thing you want done, a UUID for example. Sent again with the same body, "
    "it answers what came of it, and does nothing again. Kept for 30 days."
)
_IF_MATCH = "The ETag of what you read: if it was changed since, it is left alone."


def header_parameters(operation: Operation) -> list[OpenApiParameter]:
    """What an operation takes in headers, besides the key."""
    known = []
    if operation.etag:
        known.append(_header("If-None-Match", "The ETag of the copy you have."))
    if operation.if_match:
        known.append(_header("If-Match", _IF_MATCH))
    if operation.once:
        key = {**TEXT, "pattern": f"^{idempotency.PATTERN}$"}
        known.append(_header(idempotency.HEADER, _ONCE, key, required=True))
    return known


def _header(name: str, description: str, kind: Any = str, **facts: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=description, **facts)
