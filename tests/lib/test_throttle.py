"""Which addresses tell one caller from another."""

import pytest

from idp.lib.throttle import is_public, network


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.1.1", "fd00::1", "fe80::1"]
)
def test_addresses_of_ones_own_network_do_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.113.9", "172.32.0.1", "2a00:1450::1", "unknown"])
def test_others_do(address: str) -> None:
    assert is_public(address)


def test_an_ipv6_customer_is_one_network() -> None:
    assert network("2a00:1450:1:2:3::1") == network("2a00:1450:1:2::9") == "2a00:1450:1:2::/64"
