"""Keys that programs show instead of signing in: shown once, kept as a digest.

A key is `<kind>_<prefix>_<secret>`, for example `sat_4f9k2m7xq1w8_…`. The prefix finds the
row and may be seen by people; the secret has 256 bits, so a plain digest of it is enough.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.translation import gettext_lazy as _

PREFIX_LENGTH = 12
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_KEY = re.compile(r"(?P<kind>[a-z]+)_(?P<prefix>[a-z0-9]{12})_(?P<secret>[\w-]{43})")
# Last use is written down to the minute, so that a busy key does not write all the time.
USE = timedelta(minutes=1)


@dataclass(frozen=True)
class SecretKey:
    """A key as its owner sees it, once."""

    kind: str
    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{self.kind}_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    @classmethod
    def new(cls, kind: str, prefix: str = "") -> Self:
        prefix = prefix or get_random_string(PREFIX_LENGTH, _ALPHABET)
        return cls(kind, prefix, secrets.token_urlsafe(32))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key a text says; None where it says none."""
        found = _KEY.fullmatch(text)
        return cls(found["kind"], found["prefix"], found["secret"]) if found else None


class CredentialQuerySet(models.QuerySet[Any]):
    def usable(self, at: datetime) -> Self:
        """Those that open something at this moment."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class Credential(models.Model):
    """What is kept of a key. After a rotation, the secret before still opens for a while."""

    KIND: ClassVar[str]

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    rotated_at = models.DateTimeField(_("rotated"), null=True, editable=False)
    previous_digest = models.CharField(max_length=64, blank=True, editable=False, default="")
    previous_until = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_as})"

    @property
    def shown_as(self) -> str:
        """What may be seen of the key."""
        return f"{self.KIND}_{self.prefix}_…"

    def is_expired(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at

    def is_usable(self, at: datetime) -> bool:
        return self.revoked_at is None and not self.is_expired(at)

    def opens_with(self, key: SecretKey, at: datetime) -> bool:
        """Whether this is the key's row and may still be used."""
        if not self.is_usable(at):
            return False
        overlaps = self.previous_until is not None and at < self.previous_until
        return self._is_current(key) or (overlaps and self.knows(key))

    def knows(self, key: SecretKey) -> bool:
        """Whether this is its key, or the one before."""
        before = constant_time_compare(self.previous_digest, key.digest)
        return self._is_current(key) or before

    def _is_current(self, key: SecretKey) -> bool:
        return constant_time_compare(self.digest, key.digest)

    def is_new_use(self, at: datetime) -> bool:
        """Whether a use is worth writing down; within a minute of the last one it is not."""
        return self.last_used_at is None or at - self.last_used_at >= USE

    def take(self, key: SecretKey, at: datetime, *, overlap: timedelta | None = None) -> None:
        """Open with this key from now on, and with the one before for `overlap` more."""
        if overlap is not None:
            self.rotated_at = at
            self.previous_digest, self.previous_until = self.digest, at + overlap
        self.prefix, self.digest = key.prefix, key.digest
