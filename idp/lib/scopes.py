"""What a scope may be called."""

import re

_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,256}")  # RFC 6749 section 3.3
RESERVED = frozenset({"openid", "offline_access"})  # they mean something else in every token


def may_be_permission(name: str) -> bool:
    """Printable ASCII without spaces, quotes and backslashes, and no name of OpenID Connect's own."""
    return name not in RESERVED and _SCOPE_TOKEN.fullmatch(name) is not None
