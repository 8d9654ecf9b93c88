"""Addresses that a project sends word to: which are taken, and which machines they may name."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from ...errors import InputError

WEBHOOK = "webhook"
"""The setting that holds the addresses."""

_MOST, _LONGEST = 10, 2_000
# What tells the machines of a cloud their secrets, beside the link-local 169.254.169.254.
_TELLS_SECRETS = {ip_address("100.100.100.200"), ip_address("fd00:ec2::254")}


def check_receivers(addresses: Sequence[str]) -> None:
    """See that addresses are of http or https, and name no machine that is refused.

    Parameters
    ----------
    addresses : sequence of str
        As in ``https://host/path``.
    """
    if len(addresses) > _MOST:
        raise InputError(f"There are {len(addresses)} webhooks; at most {_MOST} are kept.")
    for address in addresses:
        try:
            found = urlsplit(address)
            host, _ = found.hostname, found.port
        except ValueError:
            host = None
        is_plain = address.isascii() and address.isprintable() and " " not in address
        if not host or found.scheme not in ("http", "https") or not is_plain:
            raise InputError(f"A webhook is {address!r}; give it as in https://host/path.")
        if len(address) > _LONGEST or found.username or found.password or found.fragment:
            raise InputError(
                "A webhook has a user, a password or a #, or more than 2,000 characters; requests "
                "are signed, so leave these out."
            )
        try:
            is_known, named = True, ip_address(host)
        except ValueError:
            is_known = False
        if is_known and is_refused(named):
            raise InputError(
                f"The webhook {address!r} names a machine that tells others secrets, or no single "
                "machine; give another address."
            )


def is_refused(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether no word is sent to an address, whoever asks for it.

    Examples
    --------
    >>> [is_refused(ip_address(one)) for one in ("169.254.169.254", "::ffff:169.254.1.1")]
    [True, True]
    >>> [is_refused(ip_address(one)) for one in ("127.0.0.1", "10.0.0.7", "93.184.216.34")]
    [False, False, False]
    """
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in _TELLS_SECRETS
        or str(address) == "255.255.255.255"
    )
