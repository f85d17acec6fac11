"""How often a password may be guessed: at sign-in, and wherever else it is asked for.

Counted per person and address, so that a stranger's guesses lock out the stranger and not
the person; and for longer per person alone, against guesses from many addresses. An address
from which the person has signed in is not held to the latter: nobody elsewhere can lock
them out there.
"""

import hashlib

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.core.cache import cache
from django.http import HttpRequest

from core.emails import normalize_email

ONE_ADDRESS = "10/m/ip"
ONE_PERSON_FROM_ONE_ADDRESS = "5/5m/key,50/d/key"
ONE_PERSON = "100/d/key"

_KNOWN_FOR = 90 * 24 * 3600


class Guess:
    """One password tried for one person; counted unless it turns out to be right."""

    def __init__(self, request: HttpRequest, email: str) -> None:
        self.request = request
        self.person = normalize_email(email)
        self.from_there = f"{self.person} {ratelimit.get_ip(request)}"
        self.counted: list[RateLimitUsage] = []

    def count(self) -> bool:
        """Whether the password may be tried at all; if so, it counts."""
        return (
            self._count("address", ONE_ADDRESS)
            and self._count("person_from_address", ONE_PERSON_FROM_ONE_ADDRESS, self.from_there)
            and (bool(cache.get(self._known)) or self._count("person", ONE_PERSON, self.person))
        )

    def was_right(self) -> None:
        """Whoever knows the password did not guess; the address is the person's own."""
        for usage in self.counted:
            usage.rollback()
        cache.set(self._known, True, _KNOWN_FOR)

    def forget(self) -> None:
        """The person may try again: they have proven by mail who they are."""
        for limit, rate, key in (
            ("person_from_address", ONE_PERSON_FROM_ONE_ADDRESS, self.from_there),
            ("person", ONE_PERSON, self.person),
        ):
            ratelimit.clear(self.request, app="guess", action=limit, config={limit: rate}, key=key)

    @property
    def _known(self) -> str:
        return "guess:known:" + hashlib.sha256(self.from_there.encode()).hexdigest()

    def _count(self, limit: str, rate: str, key: str | None = None) -> bool:
        usage = ratelimit.consume(
            self.request, app="guess", action=limit, config={limit: rate}, key=key, limit_get=True
        )
        if usage:
            self.counted.append(usage)
        return usage is not None
