"""Empties the tables between transactional tests; nobody else may.

Django's own `flush` truncates every table and then stores the content types and the
rights anew: a third of a second for a handful of rows. Here the rows are deleted, and
what the migrations stored stays. The database refuses to delete history;
the guard is lifted for this alone, inside its transaction.
"""

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

# Stored by migrations; a test that changes them changes them back.
_KEPT = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


def empty_tables_after_each_test() -> None:
    """Instead of a flush; for this process's transactional tests."""

    def emptied(self: TransactionTestCase) -> None:
        empty_tables()

    case: Any = TransactionTestCase
    case._fixture_teardown = emptied


def empty_tables() -> None:
    """Delete every row; afterwards history is protected as before."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in names if name not in _KEPT]
    lift, restore = _around(tables)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*lift, *(f"DELETE FROM {table}" for table in tables), *restore):
            cursor.execute(statement)


def _around(tables: list[str]) -> tuple[list[str], list[str]]:
    if connection.vendor == "postgresql":
        # A page that is still answering for the test before has to end first.
        locked = f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"
        return [locked, "SET LOCAL session_replication_role = replica"], []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]
