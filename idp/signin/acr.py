"""Authentication context classes (`acr_values`, `acr`): how strong a sign-in was, and how strong an application wants it.

`1fa` is any sign-in, `mfa` one with a second factor, and `phr` one that phishing could not have got (OpenID EAP ACR Values):
by a passkey. Each satisfies those before it.
"""

from collections.abc import Iterable

LEVELS = ("1fa", "mfa", "phr")
_PASSKEY_AMR = {"hwk", "swk"}


def wanted(acr_values: str) -> list[str]:
    """The classes that a request names, in its order; what is not known here counts for nothing (it is a preference)."""
    return [value for value in acr_values.split() if value in LEVELS]


def level_wanted(acr_values: str) -> int:
    """The least that satisfies a request: any of the classes that it names will do."""
    return min((LEVELS.index(value) for value in wanted(acr_values)), default=0)


def level_of(amr: Iterable[str]) -> int:
    """How strong a sign-in by these methods (RFC 8176) is."""
    methods = set(amr)
    if methods & _PASSKEY_AMR:
        return 2
    return 1 if "mfa" in methods else 0


def achieved(amr: Iterable[str], acr_values: str) -> str:
    """The first class of the request that was satisfied; what was reached, when none was or none was named."""
    level = level_of(amr)
    return next((value for value in wanted(acr_values) if LEVELS.index(value) <= level), LEVELS[level])
