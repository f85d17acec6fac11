"""A filter of lists by days: the usual ranges at a click, any other from … to …"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import day

DAY = timedelta(days=1)


class DateRange(admin.FieldListFilter):
    """Days in UTC, both included; `<field>_from` and `<field>_to` in the address."""

    template = "admin/date_range.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        path = kwargs["field_path"]
        self.from_name, self.to_name = f"{path}_from", f"{path}_to"
        # What else the list is filtered by stays when other days are asked for.
        self.others: list[tuple[str, str]] = []
        super().__init__(*args, **kwargs)

    def expected_parameters(self) -> list[str | None]:
        return [self.from_name, self.to_name]

    @property
    def first(self) -> str:
        return self._typed(self.from_name)

    @property
    def last(self) -> str:
        return self._typed(self.to_name)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Raises IncorrectLookupParameters where what stands in the address is no day."""
        try:
            since, until = _day_of(self.first), _day_of(self.last)
            limits = {"gte": since, "lt": until + DAY if until else None}
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error
        chosen = {f"{self.field_path}__{how}": self._stored(on) for how, on in limits.items() if on}
        return queryset.filter(**chosen)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        names = [self.from_name, self.to_name]
        rest = changelist.get_query_string(remove=names).removeprefix("?")
        self.others = [(name, str(value)) for name, value in QueryDict(rest).items()]
        chosen, ranges = (self.first, self.last), _ranges(timezone.now().date())
        for label, (since, until) in ranges:
            ends = (since.isoformat() if since else "", until.isoformat() if until else "")
            wanted = {name: end or None for name, end in zip(names, ends, strict=True)}
            query = changelist.get_query_string(wanted)
            yield {"selected": ends == chosen, "query_string": query, "display": label}
        if chosen not in [tuple(d.isoformat() if d else "" for d in ends) for _l, ends in ranges]:
            query = changelist.get_query_string()
            yield {"selected": True, "query_string": query, "display": self._in_words()}

    def _in_words(self) -> str:
        since, until = (
            day(date.fromisoformat(end)) if end else "…" for end in (self.first, self.last)
        )
        return f"{since} – {until}"

    def _typed(self, name: str) -> str:
        values: Any = self.used_parameters.get(name) or [""]
        return str(values[-1])

    def _stored(self, on: date) -> date:
        if isinstance(self.field, models.DateTimeField):
            return datetime.combine(on, time(), UTC)
        return on


def _day_of(typed: str) -> date | None:
    return date.fromisoformat(typed) if typed else None


def _ranges(today: date) -> list[tuple[str, tuple[date | None, date | None]]]:
    this_month = today.replace(day=1)
    last_month = (this_month - DAY).replace(day=1)
    return [
        (_("Any date"), (None, None)),
        (_("Today"), (today, today)),
        (_("Past 7 days"), (today - 7 * DAY, today)),
        (_("This month"), (this_month, today)),
        (_("Last month"), (last_month, this_month - DAY)),
        (_("This year"), (today.replace(month=1, day=1), today)),
    ]
