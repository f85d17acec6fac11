"""Locks on names, for what has no row yet."""

import hashlib

from django.db import connection


def hold(name: str) -> bool:
    """Hold a name until the transaction ends; False at once where another one holds it.

    On SQLite only one transaction writes at a time, so inside of it nobody holds anything:
    whoever comes second has waited for the first to end before.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number_of(name)])
        return bool(cursor.fetchone()[0])


def wait_for(name: str) -> None:
    """Hold a name until the transaction ends, after whoever holds it now.

    What the next statement reads was committed before the lock was given.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number_of(name)])


def _number_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
