"""Secrets at rest: a copy of the database opens nothing, and a new SECRET_KEY loses nothing."""

from typing import Any

import pytest

from core.encryption import UnreadableError, decrypt, encrypt

pytestmark = pytest.mark.any_database


def test_what_was_encrypted_can_be_read_and_not_seen() -> None:
    stored = encrypt("whsec_grüezi")
    assert "grüezi" not in stored
    assert decrypt(stored) == "whsec_grüezi"
    assert encrypt("whsec_grüezi") != stored


def test_after_a_change_of_the_key_the_one_before_still_reads(settings: Any) -> None:
    settings.SECRET_KEY = "old"
    stored = encrypt("told")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]
    assert decrypt(stored) == "told"
    # What is encrypted now needs the new one alone.
    anew = encrypt("told")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(anew) == "told"
    with pytest.raises(UnreadableError, match="SECRET_KEY_FALLBACKS"):
        decrypt(stored)


def test_what_was_changed_on_the_way_is_not_read() -> None:
    stored = encrypt("told")
    with pytest.raises(UnreadableError):
        decrypt(stored[:-4] + "AAA=")
