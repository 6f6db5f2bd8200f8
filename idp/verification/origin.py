"""Who asks, as far as limits count by it: the client's network and the browser."""

from idp.audit import caller
from idp.lib import throttle


def address() -> str:
    """Of IPv6 the network. Empty for an address that is not public: it is a proxy's, or one's own network's."""
    found = caller.current().address
    return throttle.network(found) if found and throttle.is_public(found) else ""


def device() -> str:
    return caller.current().device
