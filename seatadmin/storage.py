"""What settings need to know about the files and caches this product keeps."""

from pathlib import Path
from typing import Any

ROOM = 100_000

# Only these are told how many entries they keep; Redis and Memcached are told in bytes.
_COUNT_ENTRIES = ("db.DatabaseCache", "locmem.LocMemCache", "filebased.FileBasedCache")


def with_room(cache: dict[str, Any]) -> dict[str, Any]:
    """A cache with room for counting guesses: by default Django keeps 300 entries, and
    whoever makes as many others would flush the count of their own.
    """
    if counts_entries(cache):
        cache["OPTIONS"] = {"MAX_ENTRIES": ROOM, **cache.get("OPTIONS", {})}
    return cache


def counts_entries(cache: dict[str, Any]) -> bool:
    return str(cache["BACKEND"]).endswith(_COUNT_ENTRIES)


def keep_private(database: str) -> None:
    """Make a new SQLite file one that nobody else on the machine reads, before data is in it.

    SQLite gives its -wal and -shm files the same rights. A file that is there keeps its own.
    """
    file = Path(database)
    if file.is_absolute() and file.parent.is_dir() and not file.exists():
        file.touch(mode=0o600)
