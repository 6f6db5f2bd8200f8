"""Which email addresses may belong to an account: the blocklist (Logto section 4.5).

For people; administrators may do as they like.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from idp.users.errors import EmailNotAllowed, SubaddressNotAllowed

# `name@example.com`, or `@example.com` for everybody there.
ENTRY = re.compile(r"[^\s@]*@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True)
class EmailPolicy:
    """The allowlist goes before everything else. Domains are those named and every one below them."""

    block_disposable: bool = False
    block_subaddressing: bool = False
    allowlist: tuple[str, ...] = ()
    blocklist: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "EmailPolicy":
        return cls(
            block_disposable=stored.get("blockDisposableAddresses", False),
            block_subaddressing=stored.get("blockSubaddressing", False),
            allowlist=tuple(stored.get("customAllowlist", ())),
            blocklist=tuple(stored.get("customBlocklist", ())),
        )

    def check(self, email: str) -> None:
        """Raises EmailNotAllowed, SubaddressNotAllowed."""
        name, _, domain = email.lower().rpartition("@")
        if _is_listed(email, self.allowlist):
            return
        if _is_listed(email, self.blocklist):
            raise EmailNotAllowed
        if self.block_subaddressing and "+" in name:
            raise SubaddressNotAllowed
        if self.block_disposable and _is_disposable(domain):
            raise EmailNotAllowed


def _is_listed(email: str, entries: tuple[str, ...]) -> bool:
    if not entries:
        return False
    listed = {entry.lower() for entry in entries}
    address = email.lower()
    return address in listed or any(f"@{domain}" in listed for domain in _upwards(address.rpartition("@")[2]))


def _is_disposable(domain: str) -> bool:
    from disposable_email_domains import blocklist  # noqa: PLC0415 - thousands of names, for those who want them

    return any(parent in blocklist for parent in _upwards(domain))


def _upwards(domain: str) -> Iterator[str]:
    """`a.example.com`, `example.com`."""
    parts = domain.split(".")
    for start in range(len(parts) - 1):
        yield ".".join(parts[start:])
