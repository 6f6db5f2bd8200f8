"""What of a JSON value every database of ours can keep."""

import math
import re
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
DEEPEST = 50  # lists and objects inside each other: no setting and nobody's data has so many


def problem(value: Any, depth: int = DEEPEST) -> str | None:
    """Why this value, as `json.loads` made it, cannot be kept; None when it can. PostgreSQL keeps no NUL and no half of a pair,
    JSON has no infinity, and each library gives up at a depth of its own.
    """
    if isinstance(value, str):
        return None if is_storable(value) else "A text has a NUL character, or half of a surrogate pair."
    if isinstance(value, float):
        return None if math.isfinite(value) else "A number is too large, or none."
    if not isinstance(value, dict | list):
        return None
    if not depth:
        return "Lists and objects are nested too deeply."
    members = [*value, *value.values()] if isinstance(value, dict) else value
    return next((found for member in members if (found := problem(member, depth - 1))), None)


def is_storable(text: str) -> bool:
    return _UNSTORABLE.search(text) is None
