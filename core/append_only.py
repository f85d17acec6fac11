"""History that the database itself keeps from being changed or deleted (D9)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Operation = Callable[[Any, BaseDatabaseSchemaEditor], None]

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('append_only.erasing', true) = '{table}' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""

_SQLITE = """
CREATE TRIGGER {name}_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END;
"""

# INSERT OR REPLACE deletes the row that is in its way, and no trigger on DELETE hears of it.
_SQLITE_REPLACE = """
CREATE TRIGGER {name}_INSERT BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {in_the_way})
BEGIN SELECT RAISE(ABORT, '{refusal}'); END;
"""


def append_only(table: str, *, once: Sequence[str] = ()) -> migrations.RunPython:
    """The operation after which a table's rows can be added and read, and nothing else.

    `once` are conditions on a row and NEW, one for each unique constraint but that of the
    id: what they find, SQLite would replace. Trying raises IntegrityError. On SQLite, an
    operation that alters the table recreates it without its triggers: repeat this one
    after it.
    """
    protect, unprotect = _operations(table, once)
    return migrations.RunPython(protect, unprotect)


def changeable(table: str) -> migrations.RunPython:
    """The operation after which a migration may change rows of history: new facts about old rows.

    `append_only` has to follow in the same migration.
    """
    protect, unprotect = _operations(table)
    return migrations.RunPython(unprotect, protect)


@contextmanager
def erasing(table: str) -> Iterator[None]:
    """Inside the block, in a transaction, rows of this history may be changed, by this alone.

    For what the law says must be erased: words about people, never what happened, when or
    by whom. The table's guard has to know of it: repeat `append_only` in a migration.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('append_only.erasing', %s, true)", [table])
            yield
            cursor.execute("SELECT set_config('append_only.erasing', '', true)")
            return
        # Nobody else writes meanwhile: on SQLite one transaction does at a time.
        guard = {"name": f"{table}_append_only", "table": table, "event": "UPDATE"}
        cursor.execute("DROP TRIGGER {name}_{event}".format(**guard))
        yield
        refusal = f"{table} is history: it is never changed or deleted"
        cursor.execute(_SQLITE.format(**guard, refusal=refusal))


def _operations(table: str, once: Sequence[str] = ()) -> tuple[Operation, Operation]:
    names = {
        "table": table,
        "in_the_way": " OR ".join(("id = NEW.id", *once)),
        "name": f"{table}_append_only",
        "refusal": f"{table} is history: it is never changed or deleted",
    }

    def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        backwards(apps, editor)
        if editor.connection.vendor == "postgresql":
            editor.execute(_POSTGRESQL.format(**names))
        else:
            for event in ("UPDATE", "DELETE"):
                editor.execute(_SQLITE.format(event=event, **names))
            editor.execute(_SQLITE_REPLACE.format(**names))

    def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute("DROP TRIGGER IF EXISTS {name} ON {table}".format(**names))
            editor.execute("DROP FUNCTION IF EXISTS {name}()".format(**names))
        else:
            for event in ("UPDATE", "DELETE", "INSERT"):
                editor.execute("DROP TRIGGER IF EXISTS {name}_{event}".format(event=event, **names))

    return forwards, backwards
