"""Form fields for the names and email addresses of people, and for what a page sends itself."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from core import errors
from core.emails import is_sendable, normalize_email
from core.names import has_host, has_link, is_readable, tidy_name


class NameField(forms.CharField):
    """A person's name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 150, **kwargs})

    def to_python(self, value: Any) -> str:
        return tidy_name(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and "\x00" not in value and not is_readable(value):
            raise errors.UNREADABLE_NAME.error()
        if has_link(value) or has_host(value):
            raise errors.WEB_ADDRESS_AS_NAME.error()


class AddressField(forms.EmailField):
    """An email address, normalized as it is stored; refuses one that email cannot reach."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalize_email(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if value and not is_sendable(value):
            raise errors.INVALID_EMAIL.error()


class EchoField(forms.CharField):
    """A hidden value the page sends back to itself; if damaged, it counts as missing.

    People cannot fix what they cannot see.
    """

    def __init__(self) -> None:
        super().__init__(max_length=64, required=False, widget=forms.HiddenInput)

    def clean(self, value: Any) -> str:
        try:
            return super().clean(value)
        except ValidationError:
            return ""


def new_idempotency_key() -> str:
    """A key for a form about to be shown; sent back once or twice, it acts once (D6)."""
    return uuid4().hex
