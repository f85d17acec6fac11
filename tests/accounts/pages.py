"""What the tests of pages about people share."""

import re
from html import unescape

from django.http import HttpResponse


def text_of(response: HttpResponse) -> str:
    """What a person reads: no tags, spaces as one."""
    html = re.sub(r"<(style|script|template).*?</\1>", " ", response.content.decode(), flags=re.S)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def main_of(response: HttpResponse) -> str:
    """What a person reads on the page itself, without header and navigation."""
    html = response.content.decode()
    return text_of(HttpResponse(html[html.index("<main") :]))
