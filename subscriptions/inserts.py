"""New rows written while others wait for a lock: the INSERT is put together once."""

from functools import cache

from django.db import connection, models


def insert(row: models.Model) -> bool:
    """Store a new row; False, and nothing stored, if a unique constraint knows it already.

    Not by `save`, which composes the statement anew every time; that takes longer than
    the database needs to run it. No signals are sent, and the database gives the id.
    """
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in _fields(type(row))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(row)), values)
        stored = cursor.fetchone()
    if stored:
        row.pk = stored[0]
        row._state.adding, row._state.db = False, connection.alias
    return stored is not None


@cache
def _statement(model: type[models.Model]) -> str:
    columns = [field.attname for field in _fields(model)]
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(columns))}) {_unless_known(model)} RETURNING id"
    )


def _unless_known(model: type[models.Model]) -> str:
    # Not any conflict: a row whose id is taken would be lost without a word.
    columns = {field.name: field.attname for field in _fields(model)}
    for constraint in model._meta.total_unique_constraints:
        return f"ON CONFLICT ({', '.join(columns[f] for f in constraint.fields)}) DO NOTHING"
    return ""


@cache
def _fields(model: type[models.Model]) -> list[models.Field]:
    """Those whose value is ours to give: all but the id."""
    return [field for field in model._meta.concrete_fields if not field.primary_key]
