"""The settings that every hosted page reads, kept in the process for a moment.

They are at most two seconds old; a change made in this process is seen at once, and one made elsewhere at once too when the
processes share a cache (CACHE_URL). For how pages look and read; what somebody may do is always read from the database.
"""

import time
from dataclasses import dataclass, field

from django.db import DatabaseError

from idp.lib import versions
from idp.lib.outage import is_outage
from idp.signin.models import CustomPhrases, SignInExperience

_MAX_AGE = 2.0  # seconds
_VERSION = "signin.version"


@dataclass(frozen=True)
class Kept:
    experience: SignInExperience
    phrases: dict[str, dict[str, str]]  # by language
    version: int | None = None  # nobody's: the cache did not answer
    loaded_at: float = field(default_factory=time.monotonic)


_kept: list[Kept] = []


def settings() -> Kept:
    """What is saved. While the database does not answer: what is remembered, or the defaults, for the page that says so."""
    version = versions.current(_VERSION)
    if (
        _kept
        and version is not None
        and _kept[0].version == version
        and time.monotonic() - _kept[0].loaded_at < _MAX_AGE
    ):
        return _kept[0]
    try:
        loaded = _load(version)
    except DatabaseError as error:
        if not is_outage(error):
            raise
        return _kept[0] if _kept else Kept(SignInExperience(), {})
    _kept[:] = [loaded]
    return loaded


def forget() -> None:
    """Read them again, here and in every process that shares the cache. Call it when the change is committed."""
    _kept.clear()
    versions.bump(_VERSION)


def _load(version: int | None) -> Kept:
    phrases = dict(CustomPhrases.objects.values_list("language", "translation"))
    return Kept(SignInExperience.load(), phrases, version)
