"""What both databases keep: PostgreSQL refuses some of what JSON can write down."""

import math
from typing import Any

REFUSED = "A text has a NUL character or half of a surrogate pair, or a number is infinite."


def is_storable(value: Any) -> bool:
    """Not with `\\u0000` or `\\ud800` in a text, and not with `1e999` or `NaN` for a number."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif (isinstance(one, str) and not _is_text(one)) or (isinstance(one, float) and not math.isfinite(one)):
            return False
    return True


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
