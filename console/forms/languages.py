"""The default language, and the sentences of one language in other words."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import strip_tags

from idp.lib import languages
from idp.signin.errors import ExperienceInvalid
from idp.signin.phrases import CONTEXT, Phrase

_LONG = 60  # characters from which on a sentence gets several lines
_PARTS = {
    "templates/pages": "Sign-in pages", "templates/account": "Account pages", "connectors/default_templates.py": "Messages",
}  # fmt: skip


class LanguageForm(forms.Form):
    auto_detect = forms.BooleanField(
        label="Follow the reader's browser",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="Otherwise everybody begins with the default. An app can ask for a language with ui_locales, and people "
        "can choose at the end of each page.",
    )
    default = forms.ChoiceField(label="Default language", choices=languages.names)

    def __init__(self, info: dict[str, Any], data: Any = None) -> None:
        fallback = languages.supported([info.get("fallbackLanguage", "en")]) or "en"
        super().__init__(data, initial={"auto_detect": info.get("autoDetect", True), "default": fallback})

    def changes(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "language_info": {
                "autoDetect": values["auto_detect"], "fallbackLanguage": languages.tag(values["default"]),
            }
        }  # fmt: skip

    def show_problem(self, error: ExperienceInvalid) -> None:
        self.add_error("default" if error.field.endswith("fallbackLanguage") else None, error.message)


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A field as the page writes it. Django's own way, three templates for each of five hundred, takes three times as long."""

    name: str
    label: str
    placeholder: str
    value: str
    hint: str
    errors: list[str]
    is_long: bool
    is_disabled: bool


class PhrasesForm(forms.Form):
    """One field for each sentence; empty means as it comes."""

    def __init__(self, phrases: dict[str, Phrase], changes: dict[str, str], data: Any = None) -> None:
        super().__init__(data)
        self._keys: dict[str, str] = {}
        self._phrases = phrases
        for number, (key, phrase) in enumerate(phrases.items()):
            name = f"phrase-{number}"
            self._keys[name] = key
            self.fields[name] = forms.CharField(
                label=strip_tags(phrase.english), required=False, max_length=2000, initial=changes.get(key, ""),
                help_text=f"Context: {phrase.context}" if CONTEXT in key else "",
            )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list[PhraseRow]]]:
        """The fields by the part of the product that says them first."""
        found: dict[str, list[PhraseRow]] = {title: [] for title in (*_PARTS.values(), "Everything else")}
        for name, key in self._keys.items():
            place = next(iter(self._phrases[key].places), "")
            title = next((title for part, title in _PARTS.items() if place.startswith(part)), "Everything else")
            found[title].append(self._row(name, self._phrases[key]))
        return [(title, fields) for title, fields in found.items() if fields]

    def _row(self, name: str, phrase: Phrase) -> PhraseRow:
        field = self.fields[name]
        errors: list[Any] = list(self.errors.get(name, ()))
        value = self.data.get(name, "") if self.is_bound and not field.disabled else field.initial
        return PhraseRow(
            name,
            str(field.label),
            phrase.text,
            value,
            str(field.help_text),
            errors,
            len(phrase.english) >= _LONG,
            field.disabled,
        )

    def changes(self) -> dict[str, str]:
        """{English sentence: text} of every field that says something."""
        return {self._keys[name]: text for name, text in self.cleaned_data.items() if text}

    def show_problem(self, key: str, message: str) -> None:
        self.add_error(next(name for name, known in self._keys.items() if known == key), message)
