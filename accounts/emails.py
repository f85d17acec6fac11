import unicodedata


def normalize_email(email: str) -> str:
    """The one spelling under which an address is stored and looked up.

    Case, surrounding space and compatibility characters (full-width letters)
    do not make another person.
    """
    return unicodedata.normalize("NFKC", email).strip().lower()
