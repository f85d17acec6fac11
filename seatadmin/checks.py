"""What `manage.py check` says about this product's own promises; some only with `--deploy`."""

from sqlite3 import sqlite_version, sqlite_version_info
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from seatadmin.storage import ROOM, counts_entries

DELIVERED_BY = ("embedded", "worker", "at_once")
_PER_PROCESS = ("locmem.LocMemCache", "dummy.DummyCache")


def check_sqlite(**kwargs: Any) -> list[CheckMessage]:
    """The statements that take a seat return what they stored, which older ones cannot."""
    is_used = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if not is_used or sqlite_version_info >= (3, 35):
        return []
    return [
        Error(
            f"SQLite {sqlite_version} is too old: 3.35 or later is needed.",
            hint="Use a newer Python, or PostgreSQL (DATABASE_URL).",
            id="seatadmin.E001",
        )
    ]


def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    """Behind a proxy nobody trusts, everybody has the same address: the proxy's."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or not settings.SECURE_PROXY_SSL_HEADER:
        return []
    return [
        Warning(
            "A proxy ends HTTPS, but TRUSTED_PROXIES is 0: all visitors seem to come from one "
            "address, and a few wrong passwords lock everybody out.",
            hint="Set TRUSTED_PROXIES to the number of proxies that add to X-Forwarded-For.",
            id="seatadmin.W001",
        )
    ]


def check_cache(**kwargs: Any) -> list[CheckMessage]:
    """Wrong passwords are counted in the cache."""
    cache = settings.CACHES["default"]
    if str(cache["BACKEND"]).endswith(_PER_PROCESS):
        return [
            Warning(
                "Each server process counts wrong passwords by itself, and forgets them when "
                "it restarts.",
                hint="Set CACHE_URL=dbcache://cache and run createcachetable, or use Redis.",
                id="seatadmin.W002",
            )
        ]
    if counts_entries(cache) and int(cache.get("OPTIONS", {}).get("MAX_ENTRIES", 300)) < ROOM:
        return [
            Warning(
                f"The cache keeps fewer than {ROOM:,} entries: whoever makes more of them "
                "flushes the count of their wrong passwords.",
                hint="Leave max_entries out of CACHE_URL, or raise it.",
                id="seatadmin.W003",
            )
        ]
    return []


def check_outbox(**kwargs: Any) -> list[CheckMessage]:
    """A word nobody knows would mean that no mail is ever delivered."""
    if settings.OUTBOX in DELIVERED_BY:
        return []
    return [
        Error(
            f"OUTBOX is {settings.OUTBOX!r}: nobody delivers mails.",
            hint="Set OUTBOX to embedded, or to worker and run manage.py deliver_outbox.",
            id="seatadmin.E002",
        )
    ]


def check_deliveries(**kwargs: Any) -> list[CheckMessage]:
    """Tests deliver on commit, in the request: there, pages wait for the mail server."""
    if settings.OUTBOX != "at_once":
        return []
    return [
        Warning(
            "OUTBOX=at_once is for tests: pages wait for the mail server.",
            hint="Set OUTBOX to embedded, or to worker and run manage.py deliver_outbox.",
            id="seatadmin.W004",
        )
    ]
