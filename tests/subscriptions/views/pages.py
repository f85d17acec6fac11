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
    """Look at the page with these numbers, then send it as it was shown.

    Where the page asks once more, the answer is yes.
    """
    answer = send(client, url, client.get(url, {**numbers, **more}), {**numbers, **more})
    if answer.context and answer.context.get("consent"):
        return confirm_again(client, url, answer, {**numbers, **more})
    return answer


def send(client: Client, url: str, shown: Any, fields: dict[str, Any]) -> Any:
    """Send a form filled in like this, from the page as it was shown."""
    seen = {
        "idempotency_key": hidden(shown, "idempotency_key"),
        "quote_fingerprint": hidden(shown, "quote_fingerprint"),
    }
    return client.post(url, {**fields, **seen})


def confirm_again(client: Client, url: str, asked: Any, fields: dict[str, Any]) -> Any:
    """Press the button of a page that asks once more."""
    return send(client, url, asked, {**fields, "confirmed": confirmation(asked)})


def confirmation(asked: Any) -> str:
    """What the button of a page that asks once more sends."""
    found = re.search(r'name="confirmed" value="([^"]*)"', asked.content.decode())
    assert found, "nothing is asked once more"
    return found[1]
