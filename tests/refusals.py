from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What happens inside is refused with this code, in a sentence a person can read."""
    with pytest.raises(ValidationError) as refusal:
        yield
    assert refusal.value.code == code, refusal.value
    assert refusal.value.messages[0].endswith(".")
