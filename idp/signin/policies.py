"""Do the stored policies have the shape and ranges of Logto's (section 4.1)? A table from the path to its rule."""

from collections.abc import Callable
from typing import Any

from idp.signin.errors import ExperienceInvalid
from idp.signin.models import SignInExperience

_Rule = Callable[[Any], bool]


def _between(low: int, high: int) -> _Rule:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


_PASSWORD: dict[str, dict[str, _Rule]] = {
    "length": {"min": _between(1, 256), "max": _between(1, 256)},
    "characterTypes": {"min": _between(1, 4)},
    "rejects": {
        "pwned": _is_switch, "repetitionAndSequence": _is_switch, "userInfo": _is_switch, "words": _is_words,
    },
}  # fmt: skip
_SENTINEL: dict[str, _Rule] = {"maxAttempts": _between(1, 1000), "lockoutDuration": _between(1, 24 * 60)}


def check_policies(experience: SignInExperience) -> None:
    """Raises ExperienceInvalid with the path of the first value that does not fit."""
    for group, members in experience.password_policy.items():
        rules = _PASSWORD.get(group)
        if rules is None or not isinstance(members, dict):
            raise _refusal(f"$.passwordPolicy.{group}")
        _check(members, rules, f"$.passwordPolicy.{group}")
    _check(experience.sentinel_policy, _SENTINEL, "$.sentinelPolicy")
    if experience.passwords.min_length > experience.passwords.max_length:
        raise _refusal("$.passwordPolicy.length")


def _check(values: dict[str, Any], rules: dict[str, _Rule], path: str) -> None:
    for name, value in values.items():
        if name not in rules or not rules[name](value):
            raise _refusal(f"{path}.{name}")


def _refusal(path: str) -> ExperienceInvalid:
    return ExperienceInvalid("invalid_input", "This value is not known here, or out of range.", field=path)
