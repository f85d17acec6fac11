"""How often a key may ask, told in every answer to it (RateLimit header fields, an IETF draft).

Counted in the cache by key and minute. Who asks more gets 429 with `Retry-After`.
"""

from dataclasses import dataclass

from django.core.cache import cache

from core import errors

_WINDOW = 60  # seconds


@dataclass(frozen=True)
class Limit:
    """A policy: so many requests a minute."""

    name: str
    requests: int


@dataclass(frozen=True)
class Count:
    """Where a key stands in the current minute."""

    limit: Limit
    used: int
    seconds_left: int

    @property
    def headers(self) -> dict[str, str]:
        left = max(0, self.limit.requests - self.used)
        return {
            "RateLimit-Policy": f'"{self.limit.name}";q={self.limit.requests};w={_WINDOW}',
            "RateLimit": f'"{self.limit.name}";r={left};t={self.seconds_left}',
        }

    def check(self) -> None:
        """Raises ValidationError `too_many_requests`."""
        if self.used > self.limit.requests:
            raise errors.TOO_MANY_REQUESTS.error(seconds=self.seconds_left)


def count(limit: Limit, key: str, seconds: float) -> Count:
    """Count one request of a key at a moment, in seconds since 1970."""
    minute, passed = divmod(int(seconds), _WINDOW)
    name = f"limit:{limit.name}:{key}:{minute}"
    cache.add(name, 0, 2 * _WINDOW)
    try:
        used = cache.incr(name)
    except ValueError:  # Thrown out of a full cache in between: not the caller's fault.
        used = 1
    return Count(limit, used, _WINDOW - passed)
