"""Sentences that administrators say in their own words, language by language.

They are kept apart from the catalogs and laid over them in each process, so that an update of Latchkey never loses one.
"""

import gettext
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import to_locale, trans_real

from idp.signin.errors import LanguageUnknown, PhraseInvalid

CONTEXT = "\x04"  # between the context and the sentence, as gettext writes it
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\{\s*\w+\s*\}\}|\{\w+\}|</?\w+[^>]*>")
_MAX_LENGTH = 2000
_installed: dict[str, dict[str, str]] = {}


@dataclass(frozen=True)
class Phrase:
    """One sentence that can be said differently. `key` is the English sentence, after its context if it has one."""

    key: str
    english: str
    context: str
    text: str  # as the language says it without a change
    places: tuple[str, ...]  # the files that say it


@cache
def catalog(language: str) -> dict[str, Phrase]:
    """Every sentence of a language that has no plural forms, by its key. Raises LanguageUnknown."""
    if language not in dict(settings.LANGUAGES):
        raise LanguageUnknown
    path = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"
    entries = [entry for entry in polib.pofile(str(path)) if not entry.msgid_plural and not entry.obsolete]
    return {phrase.key: phrase for phrase in map(_phrase, entries)}


def _phrase(entry: polib.POEntry) -> Phrase:
    key = f"{entry.msgctxt}{CONTEXT}{entry.msgid}" if entry.msgctxt else entry.msgid
    places = tuple(dict.fromkeys(place for place, _ in entry.occurrences))
    return Phrase(key, entry.msgid, entry.msgctxt or "", entry.msgstr or entry.msgid, places)


def check(language: str, changes: dict[str, str]) -> dict[str, str]:
    """The changes that say something else than the catalog. Raises LanguageUnknown, PhraseInvalid."""
    known = catalog(language)
    clean = {}
    for key, text in changes.items():
        phrase, text = known.get(key), text.replace("\r\n", "\n").strip()
        if phrase is None:
            raise PhraseInvalid(key, "There is no such sentence.")
        if len(text) > _MAX_LENGTH:
            raise PhraseInvalid(key, f"Use at most {_MAX_LENGTH} characters.")
        if not text or text == phrase.text.strip():
            continue
        if _placeholders(text) != _placeholders(phrase.english):
            needed = " ".join(sorted(_placeholders(phrase.english))) or "no placeholder or tag"
            raise PhraseInvalid(key, f"Keep what is filled in: {needed}.")
        if "<" in _PLACEHOLDER.sub("", text):  # of a tag without an end, which would swallow what follows on the page
            raise PhraseInvalid(key, "Use < for nothing but the tags of the sentence.")
        clean[key] = text
    return clean


def install(language: str, changes: dict[str, str]) -> None:
    """Lay these changes over the catalog that Django has in memory; nothing to do when they are there."""
    if _installed.get(language, {}) == changes:
        return
    trans_real._translations.pop(language, None)  # type: ignore[attr-defined]  # built again from its files
    if changes:
        trans_real.translation(language).merge(_Changes(changes))
    _installed[language] = changes


class _Changes(gettext.GNUTranslations):
    """What DjangoTranslation.merge reads of another catalog."""

    def __init__(self, changes: dict[str, str]) -> None:
        super().__init__()
        self._catalog = dict(changes)
        self.plural = lambda n: int(n != 1)


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))
