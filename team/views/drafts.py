"""The draft of the add form, kept while seats are bought for the person (R18)."""

from typing import Any

from django.http import HttpRequest, QueryDict

from accounts.models import Account

_MAX_LENGTH = 254


def keep(request: HttpRequest, account: Account, typed: QueryDict) -> None:
    """Store what was typed, valid or not."""
    request.session[_key(account)] = _typed(typed)


def read(request: HttpRequest, account: Account) -> dict[str, Any]:
    """The stored values for the form; empty if there is no draft."""
    draft: dict[str, Any] = request.session.get(_key(account), {})
    return draft


def drop(request: HttpRequest, account: Account) -> None:
    request.session.pop(_key(account), None)


def _typed(data: QueryDict) -> dict[str, Any]:
    texts = {name: data.get(name, "")[:_MAX_LENGTH] for name in ("email", "name", "role")}
    # Longer is none of our ids; Python refuses to parse thousands of digits.
    ids = [v for v in data.getlist("seats")[:50] if v.isdecimal() and len(v) < 19]
    return {**texts, "seats": [int(v) for v in ids]}


def _key(account: Account) -> str:
    return f"new_member_{account.pk}"
