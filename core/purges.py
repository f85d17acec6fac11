"""What is not kept for ever: deleted once its time is over, by the worker, every hour."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

_AT_ONCE = 1000


def purge(*, at: datetime) -> int:
    """Call each function that `PURGES` in the settings names, with `at` (UTC); how many rows."""
    return sum(import_string(path)(at=at) for path in settings.PURGES)


def delete_in_pieces(rows: QuerySet) -> int:
    """Delete rows and what depends on them; how many. On SQLite, others can write in between."""
    count = 0
    while some := list(rows.values_list("pk", flat=True)[:_AT_ONCE]):
        count += rows.model._default_manager.filter(pk__in=some).delete()[0]
    return count
