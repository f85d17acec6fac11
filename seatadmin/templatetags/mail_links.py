import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# As our sentences name a person: Olivia Owner (owner@acme.example).
_ADDRESS = re.compile(r"(?<=\()([^\s()<>@]+@[^\s()<>@]+)(?=\))")


@register.filter
def mail_links(sentence: object) -> SafeString:
    """A sentence in which an email address in brackets is a link. Nothing else becomes one."""
    parts = _ADDRESS.split(str(sentence))
    shown = [
        format_html('<a href="mailto:{0}">{0}</a>', part) if at % 2 else conditional_escape(part)
        for at, part in enumerate(parts)
    ]
    return mark_safe("".join(shown))  # noqa: S308  each part is escaped above
