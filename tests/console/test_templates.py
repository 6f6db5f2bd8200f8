"""What every template keeps: no inline script, style or handler (the content policy would stop it)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "inline style": re.compile(r"<style\b|\sstyle=", re.I),
    "inline handler": re.compile(r"\son[a-z]+=", re.I),
    "script address": re.compile(r"javascript:", re.I),
}
CODE = re.compile(r"{% code .*?{% endcode %}", re.S)  # samples are text, not markup


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_nothing_inline(path: Path) -> None:
    markup = CODE.sub("", path.read_text())
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(markup)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_static_files_exist(path: Path) -> None:
    for name in re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", path.read_text()):
        assert Path(settings.BASE_DIR, "static", name).is_file()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_post_form_carries_a_token(path: Path) -> None:
    text = path.read_text()
    if path.stem == "form_post":  # posts to the application, which must not learn our token
        assert "csrf_token" not in text
        return
    assert text.count('method="post"') == text.count("{% csrf_token %}")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_page_of_the_console_takes_the_place_of_its_frame(path: Path) -> None:
    """A block of its own that is called `head` would be drawn in <head>, instead of all style sheets."""
    text = path.read_text()
    if re.match(r'{% extends "console/(?!gate\.html)', text):
        assert re.findall(r"{% block (head|body|favicon|html_attributes) %}", text) == []
