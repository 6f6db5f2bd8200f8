"""What esbuild and Vue's compiler can read in the guides is valid code (the rest: tests/console/test_guide_code.py)."""

import json
import subprocess

import pytest

from console.guides.catalogue import GUIDES, Guide
from tests.console.test_guide_code import NODE, code_of, filled
from tests.journeys.harness import sdk


def problems(samples: list[dict[str, str]]) -> str:
    command = ["node", "parse_samples.js"]
    done = subprocess.run(
        command, cwd=sdk.FOLDER, input=json.dumps(samples), capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def _samples(guide: Guide) -> list[dict[str, str]]:
    return [
        {"language": block.language, "name": f"{guide.id} {block.name}", "text": filled(guide, block.text)}
        for block in code_of(guide)
        if block.language in NODE | {"html"}
    ]


def test_every_sample_can_be_parsed() -> None:
    samples = [sample for guide in GUIDES for sample in _samples(guide)]
    assert len(samples) > 60
    assert problems(samples) == ""


@pytest.mark.parametrize("language", sorted(NODE))
def test_a_mistake_is_found(language: str) -> None:
    broken = "const = 1;" if language in ("js", "jsx", "ts", "tsx") else "<script setup>const = 1;</script>"
    assert problems([{"language": language, "name": "broken", "text": broken}]).startswith("broken: ")
