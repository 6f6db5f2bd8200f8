"""What both databases keep: PostgreSQL refuses some of what JSON can write down, and each library gives up at a depth of its own."""

import math
from typing import Any

DEEPEST = 50  # lists and objects inside each other: nobody's data has so many
REFUSED = (
    "A text has a NUL character or half of a surrogate pair, a number is infinite, or values are nested too deeply."
)


def is_storable(value: Any) -> bool:
    """Not with `\\u0000` or `\\ud800` in a text, not with `1e999` or `NaN` for a number, and not deeper than DEEPEST."""
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, dict | list):
            if depth == DEEPEST:
                return False
            members = [*one, *one.values()] if isinstance(one, dict) else one
            waiting += [(member, depth + 1) for member in members]
        elif (isinstance(one, str) and not _is_text(one)) or (isinstance(one, float) and not math.isfinite(one)):
            return False
    return True


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
