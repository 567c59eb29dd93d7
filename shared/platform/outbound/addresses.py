"""Which network addresses a server that a tenant names may have (protection against request forgery)."""

import ipaddress

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PLATFORM = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Azure's own health and metadata address: routable by its number, but never outside."""
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the open Internet.

    Not so: private, loopback, link-local (with it the metadata service), shared, multicast, reserved and
    unspecified ranges (IANA special-purpose registries), and every IPv6 form that carries an IPv4 address,
    since a translator may turn it into one of those.
    """
    if isinstance(address, ipaddress.IPv6Address) and _carries_ipv4(address):
        return False
    return address.is_global and not address.is_multicast and address not in _PLATFORM


def _carries_ipv4(address: ipaddress.IPv6Address) -> bool:
    return (
        address.ipv4_mapped is not None
        or address.sixtofour is not None
        or address.teredo is not None
        or address.packed[:12] == bytes(12)
        or any(address in network for network in _NAT64)
    )
