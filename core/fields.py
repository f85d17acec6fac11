"""Form fields for the names and email addresses of people."""

from typing import Any

from django import forms

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
