"""Dates and times as the current language writes them, for texts made in code."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def moment(at: datetime) -> str:
    """Day and time, short: 23 Nov 2026, 12:00."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def day(on: date) -> str:
    """A day, short: 23 Nov 2026."""
    return date_format(on, "SHORT_DATE_FORMAT")
