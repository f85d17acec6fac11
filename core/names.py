"""People's names: a single line, one spelling, no invisible characters."""

import re
import unicodedata

# Joiners are part of Persian and Indic names.
_JOINERS = "\u200c\u200d"
# Unicode calls these letters, but they look blank.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"

# Mail programs make links of these, whether they were meant as such or not.
_LINK = re.compile(r"://|\bwww\.|\w\.[^\W\d_]{2,}/", re.IGNORECASE)
# "x.example" too; but initials and titles have a single letter, or a space, at the full stop.
_HOST = re.compile(r"[\w-]{2}\.[^\W\d_]{2,}")
# A domain of one letter ends in small ones; after an initial comes a capital, or a space.
_SHORT_HOST = re.compile(r"\b\w\.[a-z]{2,}\b")


def tidy_name(name: str) -> str:
    """A name as it is stored: NFC, on one line, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def is_readable(name: str) -> bool:
    """Whether a name is fully visible: no direction marks, nothing invisible, not empty."""
    kinds = [unicodedata.category(c)[0] for c in name if c not in _JOINERS + " "]
    return "C" not in kinds and not set(name) & set(_BLANK) and bool(set(kinds) & set("LNSP"))


def has_link(name: str) -> bool:
    """Whether a name contains a web address, as `http://…`, `www.…` or `x.example/…`."""
    return bool(_LINK.search(_with_plain_stops(name)))


def has_host(name: str) -> bool:
    """Whether a name contains something like `x.example`, which companies may be called."""
    plain = _with_plain_stops(name)
    return bool(_HOST.search(plain) or _SHORT_HOST.search(plain))


def _with_plain_stops(name: str) -> str:
    # What domains are read with: full-width letters, slashes and stops are the plain ones.
    return unicodedata.normalize("NFKC", name).replace("\u3002", ".")
