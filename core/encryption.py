"""Secrets that have to be read again: encrypted at rest, so that no copy of the database opens.

With keys made from `SECRET_KEY`; what older keys in `SECRET_KEY_FALLBACKS` have encrypted
can still be read.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableError(Exception):
    """It was encrypted with a key that is no longer known."""


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Raises UnreadableError."""
    try:
        return _keys().decrypt(encrypted).decode()
    except InvalidToken as error:
        raise UnreadableError("SECRET_KEY has changed: see SECRET_KEY_FALLBACKS") from error


def _keys() -> MultiFernet:
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in known])


def _key(secret: str) -> bytes:
    # A key of its own: nothing signed with SECRET_KEY tells about it.
    return base64.urlsafe_b64encode(hashlib.sha256(f"encryption:{secret}".encode()).digest())
