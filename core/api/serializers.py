"""What is sent has to be what is meant: unknown fields and filters are refused (D19)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request

from core import errors


class StrictSerializer(serializers.Serializer):
    """Refuses what it does not know: a misspelt field must not be taken for an absent one."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                refused = errors.UNKNOWN_FIELD.error()
                said = serializers.ErrorDetail(str(refused.message), refused.code)
                # A name that cannot be written down is not repeated as it came.
                names = [str(name).encode(errors="backslashreplace").decode() for name in unknown]
                raise serializers.ValidationError({name: [said] for name in names})
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A string, and not a number or a truth value taken for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Number(serializers.IntegerField):
    """A whole number, and not a text that looks like one."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    """True or false, and not a word for one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class FormText(Text):
    """What a field of the pages takes; it refuses in the same words (D10)."""

    def __init__(self, field: forms.CharField, **kwargs: Any) -> None:
        self.form_field = field
        super().__init__(max_length=field.max_length, **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        # Also what is empty or too long is for the form's field to say.
        is_absent, value = self.validate_empty_values(data)
        return value if is_absent else self.to_internal_value(value)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(self.form_field.clean(data))


class Constant(serializers.ReadOnlyField):
    """The same in every answer: what kind of thing it is."""

    def __init__(self, value: str) -> None:
        self.value = value
        super().__init__(source="*")

    def to_representation(self, value: Any) -> str:
        return self.value


def cleaned(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What the body says. Raises ValidationError, with the fields that are wrong."""
    asked = serializer(data=request.data, context={"request": request})
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def filtered(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What the query string says.

    Raises ValidationError, for unknown filters too; `filter_twice`.
    """
    said: QueryDict = request.query_params
    twice = [name for name, values in said.lists() if len(values) > 1]
    if twice:
        raise errors.FILTER_TWICE.error(name=twice[0])
    asked = serializer(data=said.dict(), context={"request": request})
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
