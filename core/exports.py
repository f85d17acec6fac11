"""Rows of tables as they are stored, written as one JSON document while they are read."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

# What is read in several queries, each with its rows.
Section = tuple[str, Iterable[dict[str, Any]]]


def rows_of(rows: QuerySet[Any, Any], without: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Every stored field of the rows but `without`, in the order in which they were made."""
    fields = [each.attname for each in rows.model._meta.concrete_fields]
    wanted = [name for name in fields if name not in without]
    yield from rows.order_by("pk").values(*wanted).iterator(chunk_size=1000)


def as_json(sections: Iterable[Section]) -> Iterator[str]:
    """One object with a list for every section, in pieces: none of it is held in memory."""
    yield "{"
    for number, (name, rows) in enumerate(sections):
        yield f"{',' if number else ''}\n{json.dumps(name)}: ["
        for place, row in enumerate(rows):
            yield f"{',' if place else ''}\n{json.dumps(row, cls=DjangoJSONEncoder)}"
        yield "]"
    yield "\n}\n"
