from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect the block to be refused with this code and a readable message."""
    with pytest.raises(ValidationError) as refusal:
        yield
    # What is about one field is raised for that field.
    [error] = (
        refusal.value.error_list
        if hasattr(refusal.value, "error_list")
        else [error for errors in refusal.value.error_dict.values() for error in errors]
    )
    assert error.code == code, refusal.value
    assert refusal.value.messages[0].endswith(".")
