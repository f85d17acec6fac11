"""What is not kept for ever: deleted once its time is over, by the worker, every hour."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string


def purge(*, at: datetime) -> int:
    """Call each function that `PURGES` in the settings names, with `at` (UTC); how many rows."""
    return sum(import_string(path)(at=at) for path in settings.PURGES)
