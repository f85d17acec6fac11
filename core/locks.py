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
    digest = hashlib.sha256(name.encode()).digest()
    with connection.cursor() as cursor:
        number = int.from_bytes(digest[:8], signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
