"""Read a file of people: CSV, a JSON array, or JSON Lines. Every row becomes {column: text or JSON value}."""

import csv
import io
import json
from itertools import zip_longest
from typing import Any

from idp.lib.storable import REFUSED, is_storable
from idp.users.errors import ImportUnreadable

MOST_ROWS = 20_000
MOST_BYTES = 10 * 1024 * 1024
_MOST_COLUMNS = 100
# An export puts an apostrophe before these, so that a spreadsheet takes no cell for a formula: a phone number begins so, too.
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'\n")


def read(content: bytes) -> list[dict[str, Any]]:
    """Raises ImportUnreadable with the line, where there is one."""
    if len(content) > MOST_BYTES:
        raise ImportUnreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportUnreadable(f"The file is not UTF-8 (byte {error.start + 1}).") from error
    begin = text.lstrip()[:1]
    rows = _array(text) if begin == "[" else _lines(text) if begin == "{" else _csv(text)
    if not rows:
        raise ImportUnreadable("There are no people in this file.")
    if len(rows) > MOST_ROWS:
        raise ImportUnreadable(f"The file has {len(rows):,} rows; at most {MOST_ROWS:,} are taken at once. Split it.")
    refused = next((number for number, row in enumerate(rows, 1) if not is_storable(row)), 0)
    if refused:
        raise ImportUnreadable(f"Row {refused} cannot be stored. {REFUSED}")
    return rows


def columns(rows: list[dict[str, Any]]) -> list[str]:
    """In the order in which they appear. Raises ImportUnreadable for more than anybody could map."""
    found = list(dict.fromkeys(column for row in rows for column in row))
    if len(found) > _MOST_COLUMNS:
        raise ImportUnreadable(f"The file has {len(found)} columns; at most {_MOST_COLUMNS} are taken.")
    return found


def _array(text: str) -> list[dict[str, Any]]:
    rows = _parse(text, "The file")
    for number, row in enumerate(rows, 1):
        _require_object(row, f"Entry {number}")
    return list(rows)


def _lines(text: str) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):  # a text in JSON may hold other ends of lines
        if line.strip():
            row = _parse(line, f"Line {number}")
            _require_object(row, f"Line {number}")
            rows.append(row)
    return rows


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ImportUnreadable(f"{where} is not JSON: {error}.") from error
    except RecursionError as error:
        raise ImportUnreadable(f"{where} is nested too deeply.") from error


def _require_object(row: Any, where: str) -> None:
    if not isinstance(row, dict):
        raise ImportUnreadable(f"{where} is not an object with names and values.")


def _csv(text: str) -> list[dict[str, Any]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        rows = []
        for cells in reader:
            if len(cells) > len(header):
                raise ImportUnreadable(f"Line {reader.line_num} has more cells than the first line has names.")
            if any(cell.strip() for cell in cells):
                rows.append(dict(zip_longest(header, map(_plain, cells), fillvalue="")))
    except csv.Error as error:
        raise ImportUnreadable(f"Line {reader.line_num} is not CSV: {error}.") from error
    return rows


def _plain(cell: str) -> str:
    return (cell[1:] if cell.startswith(_FORMULA) else cell).strip()


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise ImportUnreadable("The first line must name the columns.")
    again = {name for name in header if header.count(name) > 1}
    if again:
        raise ImportUnreadable(f"Two columns have the name “{again.pop()}”.")
