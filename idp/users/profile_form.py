"""The profile fields as a form: what people fill in at sign-up, and later on their account pages. One rule: validate()."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from idp.users.errors import ProfileValueInvalid
from idp.users.models import ProfileField
from idp.users.profile_answers import validate
from idp.users.profile_fields import date_format

_PART_LABELS = {
    "givenName": _("First name"), "middleName": _("Middle name"), "familyName": _("Last name"),
    "formatted": _("Address"), "streetAddress": _("Street and number"), "locality": _("City"),
    "region": _("State or region"), "postalCode": _("Postal code"), "country": _("Country"),
}  # fmt: skip
# Autocomplete tokens (WCAG 1.3.5) by name; other names are one's own.
_AUTOCOMPLETE = {
    "name": "name", "givenName": "given-name", "middleName": "additional-name", "familyName": "family-name",
    "nickname": "nickname", "website": "url", "birthdate": "bday", "streetAddress": "street-address",
    "locality": "address-level2", "region": "address-level1", "postalCode": "postal-code", "country": "country-name",
}  # fmt: skip


class ProfileFieldsForm(forms.Form):
    """Bound or not; `answers` after is_valid() is what validate() made of it."""

    def __init__(self, *args: Any, fields: list[ProfileField], answers: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fields = fields
        self.answers: dict[str, Any] = {}
        for field in fields:
            answer = answers.get(field.name, field.config.get("defaultValue"))
            if field.type in ("Address", "Fullname"):
                self._add_parts(field, answer or {})
            else:
                self.fields[field.name] = _form_field(field, answer)

    def clean(self) -> dict[str, Any]:
        for field in self._fields:
            try:
                answer = validate(field, self._typed(field))
            except ProfileValueInvalid as error:
                first_part = f"{field.name}.{error.part or field.parts[0]['name']}" if field.parts else field.name
                self.add_error(first_part, error.message)
            else:
                if answer is not None:
                    self.answers[field.name] = answer
        return self.cleaned_data

    def _typed(self, field: ProfileField) -> Any:
        if not field.parts:
            return self.cleaned_data.get(field.name)
        names = [part["name"] for part in field.parts]
        return {name: text for name in names if (text := self.cleaned_data.get(f"{field.name}.{name}"))}

    def _add_parts(self, field: ProfileField, answer: dict[str, Any]) -> None:
        """Each part is a field of its own."""
        for part in field.parts:
            name = part["name"]
            needed = part.get("required") or (field.required and field.type == "Fullname")
            self.fields[f"{field.name}.{name}"] = forms.CharField(
                label=_PART_LABELS[name] if needed else _optional(str(_PART_LABELS[name])), required=False,
                initial=answer.get(name, ""), max_length=256,
                widget=forms.TextInput(attrs={"autocomplete": _AUTOCOMPLETE.get(name, "on")}),
            )  # fmt: skip


def _optional(label: str) -> str:
    return str(_("%(label)s (optional)")) % {"label": label}


def _form_field(field: ProfileField, answer: Any) -> forms.Field:
    """Only what the browser shows; what may be answered is validate()'s."""
    label = field.label_in(get_language() or "")
    attributes = {
        "placeholder": field.config.get("placeholder", ""), "autocomplete": _AUTOCOMPLETE.get(field.name, ""),
    }  # fmt: skip
    common: dict[str, Any] = {
        "label": label if field.required or field.type == "Checkbox" else _optional(label),
        "help_text": field.description, "required": False, "initial": answer,
    }  # fmt: skip
    attrs = {name: value for name, value in attributes.items() if value}
    if field.type == "Checkbox":
        return forms.BooleanField(**common)
    if field.type == "Select":
        options = [(option["value"], option.get("label") or option["value"]) for option in field.config["options"]]
        return forms.ChoiceField(**common, choices=[("", field.config.get("placeholder") or _("Choose")), *options])
    if field.type == "Date":
        return forms.CharField(
            **{**common, "initial": _iso(field, answer)}, widget=forms.TextInput({**attrs, "type": "date"})
        )
    kind = {"Url": {"type": "url", "inputmode": "url"}, "Number": {"inputmode": "decimal"}}.get(field.type, {})
    return forms.CharField(**common, max_length=2048, widget=forms.TextInput({**attrs, **kind}))


def _iso(field: ProfileField, answer: Any) -> str:
    """A stored date as a browser's date field wants it."""
    pattern = date_format(field.config).replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
    try:
        return datetime.strptime(str(answer), pattern).date().isoformat()
    except ValueError:
        return str(answer or "")
