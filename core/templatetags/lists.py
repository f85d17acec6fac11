from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Sequence[Mapping[str, Any]]) -> list[SafeString]:
    """The cells of a row, each with the title of its column as `data-label`."""
    # Hidden fields of lists that are forms have no title.
    titles = [str(header["text"]) for header in headers]
    return [
        _labelled(cell, titles[place] if place < len(titles) else "")
        for place, cell in enumerate(cells)
    ]


def _labelled(cell: SafeString, title: str) -> SafeString:
    tag = cell[:3]
    # The box that selects all rows is the title of the boxes that select one.
    if tag not in ("<td", "<th") or title.startswith("<"):
        return cell
    rest = cell.removeprefix(tag)
    return format_html('{} data-label="{}"{}', SafeString(tag), capfirst(title), SafeString(rest))
