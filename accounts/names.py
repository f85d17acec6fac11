"""The names of people: one line, one spelling, nothing that cannot be seen."""

import unicodedata

# Joiners, which Persian and Indic names are written with.
_JOINERS = "\u200c\u200d"
# Letters to Unicode, blank to everybody.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def tidy_name(name: str) -> str:
    """A name as it is stored: composed, in one line, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def is_readable(name: str) -> bool:
    """Whether a name shows all it is: no turned direction, nothing invisible, not nothing."""
    kinds = [unicodedata.category(c)[0] for c in name if c not in _JOINERS + " "]
    return "C" not in kinds and not set(name) & set(_BLANK) and bool(set(kinds) & set("LNSP"))
