"""Keys that programs show instead of signing in: shown once, kept as a digest.

A key is `<kind>_<prefix>_<secret>`, for example `sat_4f9k2m7xq1w8_…`. The prefix finds the
row and may be seen by people; the secret has 256 bits, so a plain digest of it is enough.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, Q, When
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.translation import gettext_lazy as _

from core import errors

PREFIX_LENGTH = 12
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_KEY = re.compile(r"(?P<kind>[a-z]+)_(?P<prefix>[a-z0-9]{12})_(?P<secret>[\w-]{43})")
# Last use is written down to the minute, so that a busy key does not write all the time.
USE = timedelta(minutes=1)
# For this long before its end a key is said to end soon.
SOON = timedelta(days=14)


class State(models.TextChoices):
    """How it stands with a key."""

    VALID = "valid", _("Valid")
    ENDS_SOON = "ends_soon", _("Ends soon")
    EXPIRED = "ended", _("Expired")
    REVOKED = "revoked", _("Revoked")


class Overlap(models.IntegerChoices):
    """For how many hours the key before goes on, once there is a new one."""

    NONE = 0, _("It stops working now")
    HOUR = 1, _("It works for 1 more hour")
    DAY = 24, _("It works for 24 more hours")
    THREE_DAYS = 72, _("It works for 3 more days")

    @property
    def duration(self) -> timedelta:
        return timedelta(hours=self.value)


def end_of(day: date) -> datetime:
    """When a key that is valid until a day stops: that day counts, in UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


@dataclass(frozen=True)
class SecretKey:
    """A key as its owner sees it, once."""

    kind: str
    prefix: str
    # Never in a log or in an error report.
    secret: str = field(repr=False)

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


def _usable(at: datetime) -> Q:
    return Q(expires_at=None, revoked_at=None) | Q(expires_at__gt=at, revoked_at=None)


class CredentialQuerySet(models.QuerySet[Any]):
    def usable(self, at: datetime) -> Self:
        """Those that open something at this moment."""
        return self.filter(_usable(at))

    def usable_first(self, at: datetime) -> Self:
        """Those that open something, then the others; each the newest first."""
        return self.order_by(Case(When(_usable(at), then=0), default=1), "-pk")

    def locked(self, credential: "Credential") -> Any:
        """The row as it is now, held until the transaction ends."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=credential.pk)


class Credential(models.Model):
    """What is kept of a key. After a rotation, the secret before still opens for a while."""

    KIND: ClassVar[str]

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    rotated_at = models.DateTimeField(_("rotated"), null=True, editable=False)
    previous_digest = models.CharField(max_length=64, blank=True, editable=False, default="")
    previous_until = models.DateTimeField(_("key before valid until"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_as})"

    @property
    def key_since(self) -> str:
        """Since when its key of today opens: another moment after every rotation."""
        return (self.rotated_at or self.made_at).isoformat()

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def shown_as(self) -> str:
        """What may be seen of the key."""
        return f"{self.KIND}_{self.prefix}_…"

    def is_expired(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at

    def is_usable(self, at: datetime) -> bool:
        return not self.is_revoked and not self.is_expired(at)

    def ends_soon(self, at: datetime) -> bool:
        """Whether it opens now, and will not for much longer."""
        is_near = self.expires_at is not None and self.expires_at - at <= SOON
        return is_near and self.is_usable(at)

    def state_at(self, at: datetime) -> State:
        if self.is_revoked:
            return State.REVOKED
        if self.is_expired(at):
            return State.EXPIRED
        return State.ENDS_SOON if self.ends_soon(at) else State.VALID

    def overlap_until(self, at: datetime) -> datetime | None:
        """Until when the key before the last rotation opens as well; None where it does not."""
        overlaps = self.previous_until is not None and at < self.previous_until
        return self.previous_until if overlaps and self.is_usable(at) else None

    def opens_with(self, key: SecretKey, at: datetime) -> bool:
        """Whether this is the key's row and may still be used."""
        if not self.is_usable(at):
            return False
        overlaps = self.overlap_until(at) is not None
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

    def rotate(self, overlap: Overlap, at: datetime, *, expected: str = "") -> SecretKey:
        """A new key under the same prefix; the caller holds the row's lock.

        `expected` is the `key_since` that was looked at; empty: any.
        Raises ValidationError `key_ended`, `stale`.
        """
        if not self.is_usable(at):
            raise errors.KEY_ENDED.error()
        if expected not in ("", self.key_since):
            raise errors.KEY_ROTATED.error()
        key = SecretKey.new(self.KIND, self.prefix)
        self.take(key, at, overlap=overlap.duration)
        self.save(update_fields=["digest", "rotated_at", "previous_digest", "previous_until"])
        return key

    def revoke(self, at: datetime) -> None:
        """No key of it opens anything any more; the caller holds the row's lock."""
        self.revoked_at = at
        self.save(update_fields=["revoked_at"])

    def take(self, key: SecretKey, at: datetime, *, overlap: timedelta | None = None) -> None:
        """Open with this key from now on, and with the one before for `overlap` more."""
        if overlap is not None:
            self.rotated_at = at
            self.previous_digest, self.previous_until = self.digest, at + overlap
        self.prefix, self.digest = key.prefix, key.digest
