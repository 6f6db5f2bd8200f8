"""How often one address may try something that can be guessed. Counted in the cache, which all workers share."""

import ipaddress

from django.core.cache import cache

from idp.lib import versions

# Loopback, private use (RFC 1918), unique local (RFC 4193), link-local (RFC 3927, RFC 4291).
_OWN_NETWORKS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


class Throttle:
    """At most `limit` tries in `seconds` for each address; the time starts with the first try."""

    def __init__(self, name: str, *, limit: int, seconds: int) -> None:
        self.name, self.limit, self.seconds = name, limit, seconds

    def admits(self, address: str) -> bool:
        return self.take(address) <= self.limit

    def take(self, address: str) -> int:
        """Count a try before it is made, so that parallel ones cannot share a place; returns how many there were with it."""
        key = self._key(address)
        cache.add(key, 0, timeout=self.seconds)
        try:
            return cache.incr(key)
        except ValueError:  # the time ended between the two calls
            return 1

    def forgive(self, address: str) -> None:
        """The try was no guess: give it back."""
        try:
            cache.decr(self._key(address))
        except ValueError:
            return  # the time has ended, and with it the count

    def _key(self, address: str) -> str:
        return f"throttle:{self.name}:{network(address)}"


class Allowance(Throttle):
    """A limit of what takes room and proves nothing: while the cache does not answer, nobody is refused."""

    def take(self, address: str) -> int:
        if versions.is_silent():
            return 1
        try:
            return super().take(address)
        except Exception as error:
            versions.note_silence(error)
            return 1


def network(address: str) -> str:
    """An IPv6 customer has a whole /64 to try from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def is_public(address: str) -> bool:
    """Does this address tell one caller from another? Those of a proxy or of one's own network do not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return True
    return not any(parsed.version == net.version and parsed in net for net in _OWN_NETWORKS)
