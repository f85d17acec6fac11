import stringprep
import unicodedata
from contextlib import suppress


def normalize_email(email: str) -> str:
    """The one spelling under which an address is stored, looked up and counted.

    Case, surrounding space, compatibility characters (full-width letters) and what is
    invisible do not make another person; nor does a domain in its ASCII form, xn--….
    """
    # What a domain loses on its way to the mail server, a name loses too.
    visible = "".join(c for c in email if not stringprep.in_table_b1(c))
    name, at, domain = unicodedata.normalize("NFKC", visible).strip().lower().rpartition("@")
    # Email is sent by the same rules: what reaches one mailbox is one address. A domain that
    # no mail can reach stays as it is; `AddressField` refuses it.
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("idna")
    return f"{name}{at}{domain}"


def is_sendable(email: str) -> bool:
    """Whether email can be sent to the address at all."""
    try:
        email.rpartition("@")[2].encode("idna")
    except UnicodeError:
        return False
    return True
