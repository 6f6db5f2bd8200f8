"""What the editor for JSON works out: the modules run in Node, without a browser."""

import json
import subprocess
from pathlib import Path
from typing import Any

MODULES = Path(__file__).parents[2] / "static" / "js"
SCHEMA = {
    "type": "object",
    "properties": {
        "host": {"type": "string"}, "port": {"type": "integer"}, "kind": {"type": "string", "enum": ["tls", "none"]},
        "uses": {"type": "array", "items": {"type": "string", "examples": ["SignIn", "Register"]}},
    },
    "required": ["host"], "additionalProperties": False,
}  # fmt: skip


def run(script: str, *given: Any) -> Any:
    """The JSON value of an expression over `given`, with everything that the modules export."""
    names = {
        "json-schema": "hints",
        "json-tree": "formatted",
        "line-diff": "lineDiff, aroundChanges",
        "json-check": "findMistake",
    }
    lines = [f'import {{ {names} }} from "{MODULES / module}.js";' for module, names in names.items()]
    lines += [f"const given = {json.dumps(given)};", f"console.log(JSON.stringify({script}));"]
    command = ["node", "--input-type=module", "-e", "\n".join(lines)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout)


def test_hints() -> None:
    text = '{"prot": 1, "port": "x", "kind": "tsl", "uses": ["Singin", "Mine"]}'
    assert run("hints(...given)", text, SCHEMA) == [
        {"at": 1, "message": "prot is not a known key."},
        {"at": 20, "message": "This should be a whole number."},
        {"at": 33, "message": "Did you mean tls?"},
        {"at": 49, "message": "Did you mean SignIn?"},
        {"at": 0, "message": "Missing here: host."},
    ]
    assert (
        run("hints(...given)", '{"hsot": "x"}', SCHEMA)[0]["message"] == "hsot is not a known key. Did you mean host?"
    )
    assert run("hints(...given)", '{"host": "x", "port": 25, "uses": []}', SCHEMA) == []


def test_format_keeps_numbers_and_texts_as_they_are() -> None:
    text = '{"a":[1.0,{},[]],"b":{"c":12345678901234567890},"d":"x\\\\\\"{y}:"}'
    assert run("formatted(given[0])", text) == (
        '{\n  "a": [\n    1.0,\n    {},\n    []\n  ],\n  "b": {\n    "c": 12345678901234567890\n  },\n'
        '  "d": "x\\\\\\"{y}:"\n}'
    )


def test_what_differs() -> None:
    before, after = "a\nb\nc\nd\ne\nf\ng", "a\nb\nX\nd\ne\nf\ng\nh"
    lines = run("aroundChanges(lineDiff(...given), 1)", before, after)
    assert [line and f"{line['sign']}{line['number']}{line['text']}" for line in lines] == [
        None, " 2b", "-3c", "+3X", " 4d", None, " 7g", "+8h",
    ]  # fmt: skip
    assert run("aroundChanges(lineDiff(...given), 1)", before, before) == [None]
