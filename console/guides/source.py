"""How a guide is written down.

    +++
    name = "React"
    ...
    [verified]
    ...
    +++
    ## Create the client
    One client for the whole app:
    ```ts src/auth.ts
    const endpoint = '«endpoint»';
    ```
    ::: redirect-uri

`## ` begins a step. A fence has a language and the name of the file; fences with the same name are parts of one file, in
that order, unless the language is followed by `!` (another way to write it). `::: word` is a part of the page that does
something: a field, the packages to install, a note. `«name»` is a value of this installation or application
(`filling.VALUES`). Everything else is Markdown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.text import slugify

DIRECTIVES: Final = ("install", "redirect-uri", "post-sign-out-uri", "secret", "origins", "note")
_FENCE = re.compile(r"```(?P<language>[a-z]+)(?P<alternative>!?)(?: (?P<name>.+))?")


class BadGuide(ValueError):
    """A guide that does not follow the rules above; the message says where."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown."""

    text: str
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Code:
    """A sample; `name` is a file of the reader's project, or what it is shown on ("Terminal")."""

    language: str
    name: str
    text: str
    is_alternative: bool = False
    kind: str = "code"


@dataclass(frozen=True, slots=True)
class Directive:
    word: str
    argument: str

    @property
    def kind(self) -> str:
        return self.word


Block = Prose | Code | Directive


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    blocks: tuple[Block, ...]

    @property
    def id(self) -> str:
        return slugify(self.title)


def split_front_matter(text: str) -> tuple[str, str]:
    """The TOML and what follows it."""
    if not text.startswith("+++\n") or "\n+++\n" not in text[4:]:
        raise BadGuide("a guide begins with facts between two lines of +++")
    head, _, body = text[4:].partition("\n+++\n")
    return head, body


def read_steps(body: str) -> tuple[Step, ...]:
    """Raises BadGuide."""
    titles: list[str] = []
    contents: list[list[Block]] = []
    lines = iter(body.splitlines())
    prose: list[str] = []

    def end_prose() -> None:
        if text := "\n".join(prose).strip():
            if not titles:
                raise BadGuide(f"text before the first step: {text[:40]}")
            contents[-1].append(Prose(text))
        prose.clear()

    for line in lines:
        if line.startswith("## "):
            end_prose()
            titles.append(line.removeprefix("## ").strip())
            contents.append([])
        elif line.startswith(("```", "::: ")):
            end_prose()
            if not titles:
                raise BadGuide(f"before the first step: {line}")
            contents[-1].append(_code(line, lines) if line.startswith("`") else _directive(line))
        else:
            prose.append(line)
    end_prose()
    return tuple(Step(title, tuple(blocks)) for title, blocks in zip(titles, contents, strict=True))


def files(steps: tuple[Step, ...]) -> dict[str, str]:
    """The reader's files: name to text, parts joined with an empty line between them."""
    parts: dict[str, list[str]] = {}
    for step in steps:
        for block in step.blocks:
            if isinstance(block, Code) and not block.is_alternative:
                parts.setdefault(block.name, []).append(block.text)
    return {name: "\n\n".join(texts) + "\n" for name, texts in parts.items()}


def _code(opening: str, lines: Iterator[str]) -> Code:
    found = _FENCE.fullmatch(opening)
    if found is None:
        raise BadGuide(f"a fence is ```language name: {opening}")
    text: list[str] = []
    for line in lines:
        if line == "```":
            name = found["name"] or "Terminal"
            return Code(found["language"], name, "\n".join(text), is_alternative=bool(found["alternative"]))
        text.append(line)
    raise BadGuide(f"no end of {opening}")


def _directive(line: str) -> Directive:
    word, _, argument = line.removeprefix("::: ").strip().partition(" ")
    if word not in DIRECTIVES:
        raise BadGuide(f"no such part of a page: {line}")
    return Directive(word, argument.strip())
