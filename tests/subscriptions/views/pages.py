"""What the tests of pages share: reading a page, sending its form as it was shown."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Account, Membership


def address(name: str, who: Membership | Account, *args: Any) -> str:
    slug = who.account.slug if isinstance(who, Membership) else who.slug
    return reverse(name, args=[slug, *args])


def text(response: Any) -> str:
    """What a person reads, without markup, spaces folded."""
    html = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def hidden(response: Any, name: str) -> str:
    """The value of a hidden field of the page's form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"no hidden field {name}"
    return found[1]


def confirm(client: Client, url: str, numbers: dict[str, Any], **more: Any) -> Any:
    """Look at the page with these numbers, then send it as it was shown."""
    shown = client.get(url, {**numbers, **more})
    seen = {"key": hidden(shown, "key"), "seen": hidden(shown, "seen")}
    return client.post(url, {**numbers, **more, **seen})
