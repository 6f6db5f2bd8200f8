"""The catalogs of translations: whole, safe to fill in, and compiled."""

import re
from functools import cache
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation import to_locale

CODES = [code for code, _ in settings.LANGUAGES]
FOREIGN = [code for code in CODES if code != "en"]
FILLED_IN = re.compile(r"%\(\w+\)[sd]|\{\{\s*\w+\s*\}\}|\{\w+\}|</?\w+[^>]*>")


def path(code: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(code) / "LC_MESSAGES" / "django.po"


@cache
def entries(code: str) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path(code))) if not entry.obsolete]


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("code", FOREIGN)
def test_every_sentence_is_translated(code: str) -> None:
    missing = [entry.msgid for entry in entries(code) if entry.fuzzy or not all(said(entry))]
    assert missing == []


@pytest.mark.parametrize("code", FOREIGN)
def test_what_is_filled_in_is_in_every_translation(code: str) -> None:
    """A plural form for one may leave its number out."""
    wrong = []
    for entry in entries(code):
        wanted = set(FILLED_IN.findall(entry.msgid_plural or entry.msgid))
        for text in said(entry):
            found = set(FILLED_IN.findall(text))
            if found != wanted and not (entry.msgid_plural and found == wanted - {"%(count)d"}):
                wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("code", FOREIGN)
def test_line_breaks_at_the_ends_are_kept(code: str) -> None:
    wrong = [entry.msgid for entry in entries(code) for text in said(entry)
             if text and text.endswith("\n") != entry.msgid.endswith("\n")]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("code", FOREIGN)
def test_it_is_compiled(code: str) -> None:
    compiled = {(entry.msgctxt, entry.msgid): said(entry) for entry in polib.mofile(str(path(code).with_suffix(".mo")))}
    assert compiled == {(entry.msgctxt, entry.msgid): said(entry) for entry in entries(code) if any(said(entry))}


@pytest.mark.parametrize("code", CODES)
def test_all_have_the_same_sentences(code: str) -> None:
    assert {(entry.msgctxt, entry.msgid) for entry in entries(code)} == {
        (entry.msgctxt, entry.msgid) for entry in entries("en")
    }
