"""Walks to the place in a JSON text that a path such as `$[2].content` speaks of."""

import json
import re
from collections.abc import Iterator

_STEP = re.compile(r'\.(?P<word>\w+)|\[(?P<index>\d+)\]|\[(?P<quoted>"(?:\\.|[^"\\])*")\]')
_BLANK = re.compile(r"[ \t\r\n]*")
_decode = json.JSONDecoder().raw_decode


def offset_of(text: str, path: str) -> int:
    """Where the value starts. `text` must be valid JSON: the walk trusts it."""
    place = _skip_blank(text, 0)
    for step in path_steps(path):
        # The last of two equal keys wins, as it does for every JSON parser we feed.
        found = [start for key, start in _children(text, place) if key == step]
        if not found:
            break
        place = found[-1]
    return place


def path_steps(path: str) -> list[str | int]:
    if not path.startswith("$"):
        raise ValueError(f"Not a JSON path: {path}")
    steps: list[str | int] = []
    place = len("$")
    while place < len(path):
        match = _STEP.match(path, place)
        if match is None:
            raise ValueError(f"Not a JSON path: {path}")
        steps.append(_step(match))
        place = match.end()
    return steps


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    return str(json.loads(match["quoted"])) if match["quoted"] is not None else match["word"]


def _children(text: str, place: int) -> Iterator[tuple[str | int, int]]:
    """Key or index, and start, of everything directly inside the value at `place`."""
    opening = text[place]
    if opening not in "{[":
        return
    index = 0
    place = _skip_blank(text, place + 1)
    while text[place] not in "}]":
        key: str | int = index
        if opening == "{":
            key, place = _decode(text, place)
            place = _skip_blank(text, _skip_blank(text, place) + 1)  # over the colon
        yield key, place
        _, place = _decode(text, place)
        place = _skip_blank(text, place)
        if text[place] == ",":
            place = _skip_blank(text, place + 1)
        index += 1


def _skip_blank(text: str, place: int) -> int:
    match = _BLANK.match(text, place)
    return match.end() if match else place
