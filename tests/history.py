"""Lets the tests, and nobody else, empty the tables between transactional tests.

`flush` deletes everything, and the database refuses that for history. What is
disabled here is disabled for the flush alone, inside its transaction.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection


def let_flush_through() -> None:
    """Wrap this process's `flush`; after a flush, history is protected as before."""
    operations: Any = type(connection.ops)
    flush = operations.execute_sql_flush

    # For every connection: a browser's loop gives its thread another one.
    def lifted(self: Any, sql_list: Iterable[str]) -> None:
        lift, restore = _around()
        flush(self, [*lift, *sql_list, *restore])

    operations.execute_sql_flush = lifted


def _around() -> tuple[list[str], list[str]]:
    if connection.vendor == "postgresql":
        return ["SET LOCAL session_replication_role = replica"], []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]
