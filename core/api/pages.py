"""Pages by cursor: each says whether and how to go on, so no page is taken for all (D19)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core import errors
from core.api.ids import MAX_NUMBER
from core.api.schema_parts import EXAMPLE_HOST
from core.api.serializers import StrictSerializer, Text

PAGE, MAX_PAGE = 50, 200


class PageSerializer(StrictSerializer):
    """The filters of every list; a list with more of them extends it."""

    cursor = Text(required=False, help_text="Where to go on: follow `next`, which has it.")
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_PAGE,
        help_text=f"How many on a page; {PAGE} if you do not say.",
    )  # fmt: skip
    example: ClassVar = {"limit": 100}


class CursorPages(CursorPagination):
    """`{"data": […], "has_more": true, "next": "https://…"}`; `next` is null at the end."""

    page_size = PAGE
    max_page_size = MAX_PAGE
    page_size_query_param = "limit"
    ordering = "pk"
    next_description = "The next page; null on the last one."
    next_example: ClassVar[str | None] = None

    def decode_cursor(self, request: Request) -> Any:
        # The library answers 404, as if the address were wrong, and takes any text as a place.
        try:
            cursor = super().decode_cursor(request)
        except Exception as error:
            raise errors.BAD_CURSOR.error() from error
        if cursor and (cursor.reverse or cursor.offset or not _is_number(str(cursor.position))):
            raise errors.BAD_CURSOR.error()
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"data": data, "has_more": self.has_next, "next": self.get_next_link()})

    def page_of(self, rows: QuerySet[Any], view: APIView) -> list[Any]:
        """The page that the request asks for. Raises ValidationError `bad_cursor`."""
        return self.paginate_queryset(rows, view.request, view) or []

    def answer(
        self, rows: QuerySet[Any], serializer: type[BaseSerializer], view: APIView, **context: Any
    ) -> Response:
        """One page of rows, as the serializer writes each."""
        page = self.page_of(rows, view)
        written = serializer(page, many=True, context={"request": view.request, **context})
        return self.get_paginated_response(written.data)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "has_more", "next"],
            "properties": {
                "data": schema,
                "has_more": {"type": "boolean", "description": "Whether this is not all."},
                "next": {
                    "type": "string" if self.next_example else ["string", "null"],
                    "format": "uri",
                    "description": self.next_description,
                },
            },
        }


class FeedPages(CursorPages):
    """What is appended, by position. `next` is on the last page, too: what comes later is there."""

    ordering = "position"
    next_description = "Where to go on; on the last page, where what comes later will be."
    next_example = f"{EXAMPLE_HOST}/api/v1/events?cursor=cD00Mg%3D%3D"

    def get_next_link(self) -> str:
        cursor = Cursor(offset=0, reverse=False, position=self._seen())
        return str(self.encode_cursor(cursor))

    def _seen(self) -> int:
        """The last position on the page; on an empty one, the one it starts behind."""
        if self.page:
            return int(self.page[-1].position)
        return int(self.cursor.position or 0) if self.cursor else 0


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and int(said) <= MAX_NUMBER
