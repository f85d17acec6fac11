"""Queries asked so often that their SQL is composed once, and then run with other values.

Composing one takes Django longer than the database needs to answer it
(docs/decisions/0009-sql-for-checking-entitlements.md).
"""

from dataclasses import dataclass
from typing import Any, Self

from django.db import connection
from django.db.models import QuerySet, Value


class Given(Value):
    """Stands in a query for a value that is given, by this name, when it runs."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


@dataclass(frozen=True)
class Composed:
    """A query with its SQL."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Self:
        return cls(*rows.query.sql_with_params())

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """What the database answers, as its driver reads it: on SQLite, truth is 1 and 0."""
        known = {name: connection.ops.adapt_unknown_value(value) for name, value in given.items()}
        values = [known[each.value] if isinstance(each, Given) else each for each in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return cursor.fetchall()
