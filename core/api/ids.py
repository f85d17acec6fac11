"""Public ids: `mem_Xk3…`, stable, and not to be computed with (D19).

Made from the row's number with sqids, in an alphabet of its own for each kind, so that no
table needs a column for it and one kind's id is never read as another's. It hides the number
from nobody who looks for it: an id opens nothing.
"""

import hashlib
import string
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from sqids import Sqids

from core import errors

Row = TypeVar("Row", bound=Model)

_LENGTH = 10
MAX_NUMBER = 2**63 - 1
_ALPHABET = string.ascii_letters + string.digits


@cache
def _sqids(prefix: str) -> Sqids:
    def place(letter: str) -> bytes:
        return hashlib.sha256(f"{prefix}:{letter}".encode()).digest()

    return Sqids(alphabet="".join(sorted(_ALPHABET, key=place)), min_length=_LENGTH)


def public_id(prefix: str, pk: int) -> str:
    return f"{prefix}_{_sqids(prefix).encode([pk])}"


def number_of(prefix: str, text: str) -> int | None:
    """The row's number; None for what was never an id of this kind."""
    kind, _separator, said = text.partition("_")
    numbers = _sqids(prefix).decode(said) if kind == prefix and said.isalnum() else []
    if len(numbers) != 1 or numbers[0] > MAX_NUMBER:
        return None
    # Several texts can be read as one number; only one of them is its id.
    return numbers[0] if public_id(prefix, numbers[0]) == text else None


def row_of(rows: QuerySet[Row], prefix: str, text: str) -> Row:
    """The one of these rows that has this id. Raises ValidationError `not_found`."""
    number = number_of(prefix, text)
    found = rows.filter(pk=number).first() if number is not None else None
    if found is None:
        raise errors.NOT_THERE.error()
    return found


class PublicIdField(serializers.Field):
    """A row's number, written as its public id."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(**kwargs)

    @property
    def pattern(self) -> str:
        """What an id of this kind looks like."""
        return f"{self.prefix}_[A-Za-z0-9]{{{_LENGTH},}}"

    def to_representation(self, value: int) -> str:
        return public_id(self.prefix, value)

    def to_internal_value(self, data: Any) -> int:
        number = number_of(self.prefix, data) if isinstance(data, str) else None
        if number is None:
            raise errors.NO_SUCH_ID.error(prefix=self.prefix)
        return number
