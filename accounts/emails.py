import unicodedata
from contextlib import suppress


def normalize_email(email: str) -> str:
    """The one spelling under which an address is stored and looked up.

    Case, surrounding space, compatibility characters (full-width letters) and what is
    invisible in a domain do not make another person; nor does a domain in its
    ASCII form, xn--….
    """
    name, at, domain = unicodedata.normalize("NFKC", email).strip().lower().rpartition("@")
    # By the same rules mail is sent: what reaches one mailbox is one address. A domain that
    # no mail can reach stays as it is; `AddressField` refuses it.
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("idna")
    return f"{name}{at}{domain}"


def is_sendable(email: str) -> bool:
    """Whether mail can be addressed to it at all."""
    try:
        email.rpartition("@")[2].encode("idna")
    except UnicodeError:
        return False
    return True
