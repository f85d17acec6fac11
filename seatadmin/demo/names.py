"""Names of the agents who are not in the cast; the same for the same account."""

import unicodedata

_FIRST = (
    "Maya Jonas Priya Lucas Elif Noah Hana Mateo Greta Samuel Leila Henrik Chloe Rafael Nadia "
    "Tobias Yara Felix Ingrid Omar Clara Dmitri Zoë Emil Fatima Julian Sena Oscar Lucía Malik "
    "Astrid Daniel Noor Viktor Freya Kofi Marta Elias Rosa Kenji Helena Tariq Paula Silas Asha "
    "Florian Ruth"
)
_LAST = (
    "Berger Sato Novak Fischer Dahl Costa Hoffmann Murphy Iversen Singh Laurent Vogel Kowalski "
    "Mendes Haddad Lund Schäfer Popescu Carter Aziz Bianchi Krüger Nguyen Olsen Romero Walsh "
    "Yilmaz Hartmann Adeyemi Park Sørensen Duarte Maier Cohen Varga Brooks Jansen Rivera "
    "Steiner Achebe Forsberg Weber Grant"
)

_PLACES = {"acme": 0, "globex": 10, "initech": 40, "hooli": 90, "umbrella": 110, "oldco": 135}


def full_names(slug: str, number: int) -> list[str]:
    """The names of an account's agents; no name comes twice in the demo."""
    # The two lists have lengths without a common divisor: no pair comes twice.
    first, last, place = _FIRST.split(), _LAST.split(), _PLACES[slug]
    return [f"{first[i % len(first)]} {last[i % len(last)]}" for i in range(place, place + number)]


_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "ş": "s"})


def local_part(name: str) -> str:
    """The part of a mail address before the @, for a person of this name."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_SPELT))
    return plain.encode("ascii", "ignore").decode().replace(" ", ".")
