"""What the tests of pages about people share."""

import re
from html import unescape
from typing import Any


def main_of(response: Any) -> str:
    """The text of the page without header and navigation, whitespace collapsed."""
    html = response.content.decode()
    html = html[html.index("<main") :]
    html = re.sub(r"<(style|script|template).*?</\1>", " ", html, flags=re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))
