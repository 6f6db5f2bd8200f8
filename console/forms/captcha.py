"""Who tells people from robots, and with which keys. The secret key is shown, and comes back, as a mask."""

from typing import Any

from django import forms

from connectors.ports import FormItem
from connectors.registry import captcha_kinds
from console.forms.form_items import field_for
from idp.messaging.secrets import MASK
from idp.verification.captcha import OWN
from idp.verification.errors import CaptchaInvalid
from idp.verification.models import CaptchaProvider

OWN_NAME = "This server (proof of work)"


class CaptchaForm(forms.Form):
    """Fields are named `<type>-<key>`; those of a provider that is not chosen are ignored."""

    type = forms.ChoiceField(label="Asked by", widget=forms.RadioSelect)

    def __init__(self, stored: CaptchaProvider | None, data: Any = None) -> None:
        self._stored = stored
        super().__init__(data, initial={"type": stored.type if stored is not None else OWN})
        kinds = captcha_kinds().values()
        self.fields["type"].choices = [(OWN, OWN_NAME), *((kind.type, kind.name) for kind in kinds)]  # type: ignore[attr-defined]
        for kind in kinds:
            for item in kind.form_items:
                field = field_for(item)
                field.required = False  # only of the one that is chosen, and its own rules say so
                field.initial = self._initial(kind.type, item)
                self.fields[f"{kind.type}-{item.key}"] = field

    @property
    def providers(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(type, name, fields) of each provider, for the page."""
        return [
            (kind.type, kind.name, [self[f"{kind.type}-{item.key}"] for item in kind.form_items])
            for kind in captcha_kinds().values()
        ]

    @property
    def hidden_state(self) -> dict[str, Any]:
        """What is stored behind the mask, for console.editing."""
        stored = self._stored
        return {f"{stored.type}-secretKey": stored.config.get("secretKey")} if stored is not None else {}

    def config(self) -> dict[str, Any]:
        """What was typed for the chosen provider, with the stored secret where its mask was left."""
        chosen = self.cleaned_data["type"]
        typed = {
            item.key: self.cleaned_data[f"{chosen}-{item.key}"] for item in captcha_kinds()[chosen].form_items
        }  # fmt: skip
        if typed["secretKey"] == MASK:
            typed["secretKey"] = self._stored.config["secretKey"] if self._keeps(chosen) and self._stored else ""
        return typed

    def show_problems(self, error: CaptchaInvalid) -> None:
        for problem in error.problems:
            self.add_error(f"{self.cleaned_data['type']}-{problem.key}", problem.message)

    def _initial(self, type: str, item: FormItem) -> Any:
        if not self._keeps(type) or self._stored is None:
            return item.default_value
        return MASK if item.is_confidential else self._stored.config.get(item.key, item.default_value)

    def _keeps(self, type: str) -> bool:
        return self._stored is not None and self._stored.type == type
