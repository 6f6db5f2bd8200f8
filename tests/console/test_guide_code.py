"""The code of every guide is at least well-formed. What Node must read is parsed by tests/journeys/test_guide_syntax.py."""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import yaml

from console.guides.catalogue import GUIDES, Guide
from console.guides.filling import VALUES, Filling
from console.guides.source import Code

NODE = {"js", "jsx", "ts", "tsx", "vue", "svelte"}  # read by esbuild
NOT_CODE = {"text"}
OTHERS = {"cs", "dart", "go", "groovy", "java", "kotlin", "php", "razor", "ruby", "swift", "erb", "blade"}


def _python(text: str) -> None:
    compile(text, "guide", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def _shell(text: str) -> None:
    answer = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr


def _xml(text: str) -> None:
    ElementTree.fromstring(f'<root xmlns:android="a" xmlns:tools="t">{re.sub(r"<[?!][^>]*>", "", text)}</root>')


def _html(text: str) -> None:
    class Balanced(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("meta", "input", "br", "img", "link", "hr"):
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    page = Balanced()
    page.feed(text)
    assert page.open == []


PARSERS: dict[str, Callable[[str], object]] = {
    "python": _python, "json": json.loads, "sh": _shell, "xml": _xml, "html": _html, "toml": tomllib.loads,
    "yaml": yaml.safe_load, "ini": lambda text: [line.index("=") for line in text.splitlines() if line.strip()],
}  # fmt: skip


def code_of(guide: Guide) -> list[Code]:
    return [block for step in guide.steps for block in step.blocks if isinstance(block, Code)]


def filled(guide: Guide, text: str) -> str:
    values = {name: f"https://id.example{path}" for name, path in VALUES.items()} | {"app-id": "an-app"}
    uris = {"redirect-uri": guide.redirect_uri, "post-sign-out-uri": guide.post_sign_out_uri}
    return Filling(values, uris).plain(text)


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.has_steps], ids=lambda guide: guide.id)
def test_every_block_can_be_parsed(guide: Guide) -> None:
    for block in code_of(guide):
        if block.language in PARSERS:
            PARSERS[block.language](filled(guide, block.text))
        else:
            assert block.language in NODE | NOT_CODE | OTHERS, block


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide.has_steps], ids=lambda guide: guide.id)
def test_secrets_are_never_written_into_the_code(guide: Guide) -> None:
    """They come from the environment, or from a file that the text says to keep out of the repository."""
    assert not [block for block in code_of(guide) if "«secret»" in block.text]
