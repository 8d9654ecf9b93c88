"""Where requests come from: what counts as one place, and what is this machine."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def find_place(address: str) -> str:
    """Name the place of an address; anybody with IPv6 has 2⁶⁴ addresses, which are one place.

    Examples
    --------
    >>> find_place("2001:db8::1") == find_place("2001:db8::2") != find_place("2001:db8:0:1::1")
    True
    """
    try:
        found = _parse(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def is_own(address: str | None) -> bool:
    """Say whether an address is this machine's own, as of a proxy that brings everybody."""
    try:
        return not address or _parse(address).is_loopback
    except ValueError:
        return True


def _parse(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
