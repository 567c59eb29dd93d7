"""Which addresses are open Internet."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.outbound.addresses import is_public

_INSIDE = [
    "0.0.0.0",  # noqa: S104 - an address to refuse, nothing listens
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", _INSIDE)
def test_an_address_of_a_special_range_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_is_never_public(address: ipaddress.IPv4Address) -> None:
    value = int(address)
    for prefix in (0, 0xFFFF << 32, 0x64_FF9B << 96, (0x2002 << 112)):
        shift = 80 if prefix >> 112 == 0x2002 else 0
        assert not is_public(ipaddress.IPv6Address(prefix | value << shift))


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fe80::/10"))
def test_no_private_address_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not is_public(address)
