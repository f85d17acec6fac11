"""Which addresses the server may be sent to by people it does not know."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Not for sending to, though not called private: protocols, relays of one that is given up,
# and where a cloud talks to its machines.
_SPECIAL_4 = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
)
# An IPv4 address as networks without IPv4 write it.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_GIVEN_OUT = IPv6Network("2000::/3")
# Of these: for protocols, among them tunnels to any IPv4 address, and for documentation.
_SPECIAL = (
    IPv6Network("2001::/23"),
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
)


def is_public(text: str) -> bool:
    """Whether an IP address is one of the internet: not private, loopback, link-local, mapped…

    What is no IP address is none of the internet either.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_4(address)
    return _is_public_6(address)


def _is_public_4(address: IPv4Address) -> bool:
    is_one_host = not (address.is_multicast or address.is_reserved or address.is_unspecified)
    is_special = any(address in network for network in _SPECIAL_4)
    return address.is_global and is_one_host and not is_special


def _is_public_6(address: IPv6Address) -> bool:
    if address in _TRANSLATED:
        return _is_public_4(IPv4Address(int(address) & 0xFFFFFFFF))
    is_special = any(address in network for network in _SPECIAL)
    return address.scope_id is None and address in _GIVEN_OUT and not is_special
