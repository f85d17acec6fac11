"""What an operation takes, gives and refuses: said once, held to by the frame and documented."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from rest_framework.response import Response
from rest_framework.serializers import Serializer

from core.api.idempotency import idempotency_key
from core.api.pages import CursorPages
from core.api.serializers import StrictSerializer, cleaned, filtered
from core.errors import Refusal

Handler = TypeVar("Handler", bound=Callable[..., Response])


@dataclass(frozen=True)
class Operation:
    """One method at one address.

    `name` is its operationId: programs are made from it, so it stays. `answer` writes what
    it gives, or each of a page; None for an answer without a body. `refuses` are refusals of
    its own; those of its view and of the frame come on top.
    """

    name: str
    answer: type[Serializer] | None = None
    # Whether it comes in pages, or in which.
    pages: bool | type[CursorPages] = False
    # Whether it has an ETag, and answers 304 to who has that already.
    etag: bool = False
    # Whether it takes If-Match: it changes what the caller has seen, or nothing.
    if_match: bool = False
    query: type[Serializer] = StrictSerializer
    body: type[Serializer] | None = None
    status: int = 200
    # Whether it takes an Idempotency-Key, and nothing without one.
    once: bool = False
    refuses: tuple[Refusal, ...] = ()
    # What a 409 has besides, under which name: what could be agreed to instead.
    instead: tuple[str, type[Serializer]] | None = None


def operation(name: str, **facts: Any) -> Callable[[Handler], Handler]:
    """Mark a view's method. It finds `self.query` and `self.body`, cleaned.

    If it is to be done `once`, `self.idempotency_key` as well. Raises ValidationError for
    what cannot be read: the fields that are wrong, and what `idempotency_key` raises.
    """
    known = Operation(name, **facts)

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def handle(view: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
            view.query = filtered(known.query, request)
            view.idempotency_key = idempotency_key(request) if known.once else ""
            view.body = cleaned(known.body, request) if known.body else {}
            return handler(view, request, *args, **kwargs)

        handle.operation = known  # type: ignore[attr-defined]
        return handle  # type: ignore[return-value]

    return decorate


def operation_of(view: Any, method: str) -> Operation:
    """Raises AttributeError for a method without its mark."""
    found: Operation = getattr(view, method.lower()).operation
    return found


def scopes_of(view: Any, method: str) -> tuple[Any, ...]:
    """What a token needs for a method: any one of these; none where nothing is said.

    HEAD tells about an answer to GET, so it needs the same.
    """
    said = getattr(view, "scopes", {}).get("GET" if method == "HEAD" else method, ())
    return said if isinstance(said, tuple) else (said,)


def refusals_of(view: Any, method: str) -> list[Refusal]:
    """What an operation itself and the views it is made from say that they refuse."""
    of_views = [each for cls in type(view).__mro__ for each in vars(cls).get("refuses", ())]
    return list(dict.fromkeys([*of_views, *operation_of(view, method).refuses]))
