"""JSON as people type it: what is wrong with it, and where."""

import json
import re
from json import JSONDecodeError
from typing import Never

from connectors.json_path import offset_of

_SENTENCES = {
    "Expecting value": "A value is missing here: text in double quotes, a number, true, false, null, a list or object.",
    "Expecting property name enclosed in double quotes": "A key in double quotes is missing here.",
    "Expecting ':' delimiter": "A colon is missing between the key and its value.",
    "Expecting ',' delimiter": "A comma or a closing bracket is missing here.",
    "Unterminated string starting at": "This text has no closing double quote.",
    "Invalid control character at": "A text cannot contain a line break or tab; write \\n or \\t instead.",
    "Invalid \\escape": "This backslash starts nothing JSON knows; write \\\\ for a backslash.",
    "Invalid \\uXXXX escape": "\\u needs four hexadecimal digits after it.",
    "Extra data": "The JSON is complete before this point; remove what follows.",
}
_STRING_OR_CONSTANT = re.compile(r'"(?:\\.|[^"\\])*"|-?Infinity|NaN')


class JsonTextError(ValueError):
    def __init__(self, message: str, line: int, column: int) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(f"Line {line}, column {column}: {message}")


class _NotJsonError(ValueError):
    """Python's parser takes NaN and Infinity; nobody else's does."""


def parse_json(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except JSONDecodeError as error:
        raise JsonTextError(_sentence(text, error), error.lineno, error.colno) from None
    except _NotJsonError as error:
        raise JsonTextError(f"{error} is not a JSON number.", *_position_of_constant(text)) from None
    except RecursionError:
        raise JsonTextError("This is nested too deeply.", 1, 1) from None
    except ValueError:
        # The only other one: an integer beyond Python's limit of 4300 digits.
        raise JsonTextError("A number in here has far too many digits.", 1, 1) from None


def locate(text: str, path: str) -> tuple[int, int]:
    """Line and column where the value starts. A missing part leads to the object or list it is missing from."""
    parse_json(text)
    return _line_and_column(text, offset_of(text, path))


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Both count from one."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _sentence(text: str, error: JSONDecodeError) -> str:
    if not text.strip():
        return "There is nothing here yet."
    before = text[: error.pos].rstrip()
    if before.endswith(",") and text[error.pos : error.pos + 1] in ("]", "}"):
        return "Remove the comma before this bracket."
    reason = error.msg.split(":")[0] if error.msg not in _SENTENCES else error.msg
    return _SENTENCES.get(reason, f"{error.msg}.")


def _refuse_constant(name: str) -> Never:
    raise _NotJsonError(name)


def _position_of_constant(text: str) -> tuple[int, int]:
    starts = (match.start() for match in _STRING_OR_CONSTANT.finditer(text) if text[match.start()] != '"')
    return _line_and_column(text, next(starts, 0))
