import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.config import child
from connectors.json_path import offset_of
from connectors.json_text import JsonTextError, locate, parse_json

TEXT = """[
  { "usageType": "SignIn", "content": "{{code}} \\"quoted\\" ] } , é😀" },
  {
    "usageType" : "Generic",
    "content":
      "here",
    "deep": {"list": [1, [true, null, -2.5e3]], "a.b": 1, "q\\"": 2}
  }
]"""


def place_of(needle: str) -> tuple[int, int]:
    offset = TEXT.index(needle)
    return TEXT.count("\n", 0, offset) + 1, offset - TEXT.rfind("\n", 0, offset)


@pytest.mark.parametrize(
    ("path", "needle"),
    [
        ("$", "["),
        ("$[0]", '{ "usageType": "SignIn"'),
        ("$[0].content", '"{{code}}'),
        ("$[1]", '{\n    "usageType" :'),
        ("$[1].usageType", '"Generic"'),
        ("$[1].content", '"here"'),
        ("$[1].deep.list[1][2]", "-2.5e3"),
        ('$[1].deep["a.b"]', '1, "q'),
        ('$[1].deep["q\\""]', "2}"),
        # missing parts lead to what they are missing from
        ("$[1].subject", '{\n    "usageType" :'),
        ("$[1].subject.more", '{\n    "usageType" :'),
        ("$[7]", "["),
        ("$[1].deep.list[9]", "[1, ["),
        ("$.content", "["),
        ("$[1].content[0]", '"here"'),
    ],
)
def test_locate(path: str, needle: str) -> None:
    assert locate(TEXT, path) == place_of(needle)


def test_the_last_of_two_equal_keys_counts() -> None:
    assert locate('{"a": 1,\n "a": 2}', "$.a") == (2, 7)


def test_browsers_end_lines_with_two_characters() -> None:
    assert locate('{\r\n  "a": 1\r\n}', "$.a") == (2, 8)


def test_empty_containers() -> None:
    assert locate(' {"a": [ ], "b": {}, "c": 5}', "$.c") == (1, 27)


@pytest.mark.parametrize("path", ["", "a", "$.", "$[", "$[x]", "$ .a", ".a"])
def test_not_a_path(path: str) -> None:
    with pytest.raises(ValueError, match="Not a JSON path"):
        locate("{}", path)


def test_locate_wants_json() -> None:
    with pytest.raises(JsonTextError):
        locate("[", "$[0]")


def every_place(value: Any, path: str = "$") -> list[tuple[str, Any]]:
    children: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        children = [(child(path, key), inner) for key, inner in value.items()]
    elif isinstance(value, list):
        children = [(f"{path}[{index}]", inner) for index, inner in enumerate(value)]
    return [(path, value)] + [found for step, inner in children for found in every_place(inner, step)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, st.sampled_from([None, 2]), st.booleans())
def test_every_value_is_found_again(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    for path, inner in every_place(value):
        assert json.JSONDecoder().raw_decode(text, offset_of(text, path))[0] == inner


def test_parse() -> None:
    assert parse_json(' {"a": [1, "NaN"]} ') == {"a": [1, "NaN"]}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "nothing here yet"),
        (" \n ", 2, 2, "nothing here yet"),
        ('{"a": }', 1, 7, "value is missing"),
        ("[1,\n 2,\n]", 3, 1, "Remove the comma"),
        ('{"a": 1,}', 1, 9, "Remove the comma"),
        ("{a: 1}", 1, 2, "key in double quotes"),
        ('{"a" 1}', 1, 6, "colon"),
        ("[1\n 2]", 2, 2, "comma or a closing bracket"),
        ('["a', 1, 2, "no closing double quote"),
        ('["a\nb"]', 1, 4, "line break"),
        (r'["\x"]', 1, 3, "backslash"),
        (r'["\u12"]', 1, 4, "four hexadecimal digits"),
        ("[1] 2", 1, 5, "remove what follows"),
        ('["NaN",\n NaN]', 2, 2, "NaN is not a JSON number"),
        ("[-Infinity]", 1, 2, "-Infinity is not a JSON number"),
        ("[" + "9" * 5000 + "]", 1, 1, "too many digits"),
        ("[" * 100_000, 1, 1, "nested too deeply"),
    ],
)
def test_what_is_wrong_and_where(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(JsonTextError) as caught:
        parse_json(text)
    error = caught.value
    assert words in error.message
    assert (error.line, error.column) == (line, column)
    assert str(error) == f"Line {line}, column {column}: {error.message}"
