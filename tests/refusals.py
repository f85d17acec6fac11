from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect the block to be refused with this code and a readable message."""
    with pytest.raises(ValidationError) as refusal:
        yield
    assert refusal.value.code == code, refusal.value
    assert refusal.value.messages[0].endswith(".")
