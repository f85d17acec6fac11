"""Finding people by name or email address, the same on every database.

Case, accents and the order of the words make no difference; each word is looked for from
the beginning of a word.
"""

import re
import unicodedata

# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"}
)
# How these are written where the keyboard has none.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_APOSTROPHES = re.compile("['\u2019\u02bc]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents: Inès O'Neill → ines, oneill."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_PLAIN)
    return [word for word in _BETWEEN_WORDS.split(_APOSTROPHES.sub("", plain)) if word]


def searchable(name: str, email: str) -> str:
    """Every word a person is found by, each after a space: `contains(" " + beginning)`."""
    composed = unicodedata.normalize("NFC", name).lower()
    spellings = (name, email, composed.translate(_SPELT_OUT), _APOSTROPHES.sub(" ", name))
    words = [word for spelling in spellings for word in words_of(spelling)]
    return "".join(f" {word}" for word in dict.fromkeys(words))
