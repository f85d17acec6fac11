"""A list as CSV for spreadsheets: every row that is found, streamed, and no cell a formula.

Written by the csv module of the standard library: django-import-export and tablib were tried,
and keep formulas alive. Rows are read from the database in pieces, so that a list of a million
needs no more memory than one of a hundred.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from io import StringIO
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

ROWS_AT_ONCE = 500
# Spreadsheets know UTF-8 by it.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet may take for the beginning of a formula; the wide ones are typed in East Asia.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROL = ("\t", "\r", "\n")
# What lists show where there is nothing.
_NOTHING = "–"

Value = str | int | Decimal


@dataclass(frozen=True)
class Column:
    """One column: its title, and what stands there of a row, as a function or a path.

    A path names fields, or methods that need nothing, as `owner.get_kind_display`.
    """

    title: str | Promise
    value: str | Callable[[Any], Any]

    def of(self, row: Model) -> Any:
        """What stands there; None where a step of the path leads nowhere."""
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for step in self.value.split("."):
            found = getattr(found, step, None)
            found = found() if callable(found) else found
        return found


def money(
    title: str | Promise, cents: str | Callable[[Any], int | None], currency: str
) -> tuple[Column, Column]:
    """An amount as a decimal number, and its currency in a column of its own."""
    stored = Column(title, cents)

    def amount(row: Model) -> Decimal | None:
        found = stored.of(row)
        return None if found is None else Decimal(found).scaleb(-2)

    return Column(title, amount), Column(gettext_lazy("currency"), currency)


def columns_of(model_admin: admin.ModelAdmin, names: Sequence[str | Column]) -> list[Column]:
    """Names of fields, and of methods of the list, as columns under the titles of the list."""
    return [
        name if isinstance(name, Column) else _named(model_admin, name)
        for name in names
        if name != "action_checkbox"
    ]


def _named(model_admin: admin.ModelAdmin, name: str) -> Column:
    def value(row: Model) -> Any:
        try:
            field, _attr, found = lookup_field(name, row, model_admin)
        except ObjectDoesNotExist:
            return None
        labels = dict(getattr(field, "flatchoices", ()) or ())
        return labels.get(found, found)

    return Column(str(label_for_field(name, model_admin.model, model_admin)), value)


def cell(value: Any) -> Value:
    """What stands in a cell: numbers as numbers, days in ISO, moments in UTC, inert text."""
    if value is None or value == _NOTHING:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value)
    return inert(text)


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula: `'` before what might be one."""
    is_risky = text.startswith(_CONTROL) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if is_risky else text


def _pieces(titles: Sequence[str], columns: Sequence[Column], rows: QuerySet) -> Iterator[str]:
    """The file in pieces of many lines, each read from the database when it is asked for."""
    left = rows.iterator(chunk_size=ROWS_AT_ONCE)
    yield BYTE_ORDER_MARK + _lines([titles])
    while piece := list(islice(left, ROWS_AT_ONCE)):
        yield _lines([[cell(column.of(row)) for column in columns] for row in piece])


def _spoken(language: str | None, pieces: Iterator[str]) -> Iterator[str]:
    """They are made once the answer has begun, when nothing else speaks the reader's language."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _lines(rows: Sequence[Sequence[Value]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def csv_response(
    name: str, columns: Sequence[Column], rows: QuerySet, *, at: datetime
) -> StreamingHttpResponse:
    """The file to save; its name says what is in it and when it was read, in UTC."""
    file_name = f"{slugify(name, allow_unicode=True)}-{at:%Y-%m-%d-%H%M}.csv"
    titles = [inert(capfirst(str(column.title))) for column in columns]
    return StreamingHttpResponse(
        _spoken(get_language(), _pieces(titles, columns, rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, file_name) or ""},
    )
