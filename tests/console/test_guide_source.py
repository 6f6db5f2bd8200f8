"""How a guide is read, and how values are put into it."""

from pathlib import Path

import pytest
from django.conf import settings

from console.guides.catalogue import GUIDES, Proof
from console.guides.filling import Filling, part_of
from console.guides.source import BadGuide, Code, Directive, Prose, files, read_steps, split_front_matter

GUIDE = """
## Create

One client:

```ts src/auth.ts
const a = 1;
```

::: install @logto/react

## Checkpoint
```ts src/auth.ts
const b = 2;
```
```ts! src/auth.ts
const b = 3;
```
```sh
ls
```
"""


def test_steps_and_their_blocks() -> None:
    create, checkpoint = read_steps(GUIDE)
    assert (create.id, create.title) == ("create", "Create")
    assert create.blocks == (
        Prose("One client:"), Code("ts", "src/auth.ts", "const a = 1;"), Directive("install", "@logto/react"),
    )  # fmt: skip
    assert [block.kind for block in checkpoint.blocks] == ["code", "code", "code"]


def test_parts_make_a_file_and_alternatives_do_not() -> None:
    assert files(read_steps(GUIDE)) == {"src/auth.ts": "const a = 1;\n\nconst b = 2;\n", "Terminal": "ls\n"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("words", "text before the first step"),
        ("::: install x", "before the first step"),
        ("## A\n::: dance", "no such part"),
        ("## A\n```ts a.ts\n", "no end of"),
        ("## A\n``` \n```", "a fence is"),
    ],
)
def test_what_does_not_follow_the_rules_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BadGuide, match=problem):
        read_steps(text)


def test_facts_come_first() -> None:
    assert split_front_matter("+++\na = 1\n+++\n## A") == ("a = 1", "## A")
    with pytest.raises(BadGuide):
        split_front_matter("## A")


def test_filling_escapes_marks_and_follows() -> None:
    filling = Filling({"endpoint": "https://a.example?<&>"}, {"redirect-uri": "http://localhost:3000/callback"})
    assert filling.plain("«endpoint» «redirect-uri.path»") == "https://a.example?<&> /callback"
    assert filling.code("<b> «endpoint»") == "&lt;b&gt; <mark>https://a.example?&lt;&amp;&gt;</mark>"
    assert filling.code("«redirect-uri.port»") == '<mark data-follows="redirect-uri" data-part="port">3000</mark>'
    assert filling.prose("`«redirect-uri»`") == (
        '<p><code><mark data-follows="redirect-uri">http://localhost:3000/callback</mark></code></p>\n'
    )


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("https://a.example/x", ("https", "a.example", "443", "https://a.example", "/x")),
        ("http://localhost:3000", ("http", "localhost", "3000", "http://localhost:3000", "/")),
        ("com.example.app://callback/out", ("com.example.app", "callback", "", "com.example.app://callback", "/out")),
    ],
)
def test_parts_of_a_uri(uri: str, parts: tuple[str, ...]) -> None:
    assert tuple(part_of(uri, part) for part in ("scheme", "host", "port", "origin", "path")) == parts


def test_the_list_in_the_documentation_is_true() -> None:
    words = {Proof.TESTS: "run by the tests", Proof.READ: "not run"}
    expected = [
        f"| [{guide.name}](../console/guides/{guide.id}/guide.md) | {guide.type.label} "
        f"| {', '.join(guide.verified.packages)} | {words[guide.verified.proof]} |"
        for guide in GUIDES
        if guide.verified
    ]
    lines = Path(settings.BASE_DIR, "docs/guides.md").read_text().splitlines()
    assert sorted(line for line in lines if line.startswith("| [")) == sorted(expected)
    assert len(expected) >= 36
