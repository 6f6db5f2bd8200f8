"""One thing that people are asked about themselves. What a type knows is shown with that type (static/js/show-when.js)."""

from typing import Any

from django import forms

from idp.users.errors import ProfileFieldInvalid
from idp.users.models import DEFAULT_PARTS, ProfileField
from idp.users.profile_fields import DATE_FORMATS, PARTS

# Built-in keys with the type that fits, for the list of suggestions.
SUGGESTIONS = (
    "name", "avatar", "fullname", "givenName", "familyName", "nickname", "birthdate", "gender", "website", "address",
    "zoneinfo", "locale",
)  # fmt: skip
_NUMBERS = {"min_length": "minLength", "max_length": "maxLength", "min_value": "minValue", "max_value": "maxValue"}
_CONFIG_OF = {
    "Text": ("placeholder", "min_length", "max_length"),
    "Number": ("placeholder", "min_value", "max_value"),
    "Date": ("date_format", "custom_format"),
    "Checkbox": (),
    "Select": ("options",),
    "Url": ("placeholder",),
    "Regex": ("placeholder", "pattern"),
    "Address": ("address_parts",),
    "Fullname": ("name_parts",),
}  # fmt: skip
_PART_NAMES = {
    "givenName": "First name", "middleName": "Middle name", "familyName": "Last name", "formatted": "In one line",
    "streetAddress": "Street", "locality": "City", "region": "State or region", "postalCode": "Postal code",
    "country": "Country",
}  # fmt: skip


def _parts(type: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Parts", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(name, _PART_NAMES[name]) for name in PARTS[type]], initial=DEFAULT_PARTS[type],
    )  # fmt: skip


class ProfileFieldForm(forms.Form):
    type = forms.ChoiceField(choices=ProfileField.Type.choices)
    name = forms.CharField(
        label="User data key",
        max_length=64,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none", "list": "user-data-keys"}),
        help_text="Where the answer is kept: a key of the profile, such as birthdate, or one of your own in the custom data.",
    )
    label = forms.CharField(max_length=128, help_text="What people are asked.")
    translations = forms.CharField(
        label="In other languages",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "de = Firma"}),
        help_text="One per line: language = label.",
    )
    description = forms.CharField(required=False, max_length=256, help_text="A sentence below the field.")
    required = forms.BooleanField(
        label="Required",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="Nobody gets on without an answer, not even people who have an account already.",
    )
    placeholder = forms.CharField(required=False, max_length=128)
    min_length = forms.IntegerField(label="Least characters", required=False, min_value=0, max_value=2048)
    max_length = forms.IntegerField(label="Most characters", required=False, min_value=1, max_value=2048)
    min_value = forms.FloatField(label="Least", required=False)
    max_value = forms.FloatField(label="Most", required=False)
    date_format = forms.ChoiceField(
        label="Kept as", required=False, choices=[*((one, one) for one in DATE_FORMATS), ("custom", "Another format")]
    )
    custom_format = forms.CharField(
        label="Another format", required=False, max_length=32, help_text="With yyyy, MM and dd: dd.MM.yyyy."
    )
    options = forms.CharField(
        label="Choices",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": "s = Small"}),
        help_text="One per line: value = label, or the value alone.",
    )
    pattern = forms.CharField(
        label="Regular expression", required=False, max_length=256, help_text="The whole answer must match it."
    )
    address_parts = _parts("Address")
    name_parts = _parts("Fullname")

    def __init__(self, field: ProfileField | None = None, data: Any = None) -> None:
        self._is_new = field is None
        self._saved: dict[str, Any] = field.config if field else {}
        super().__init__(data, initial=_initial(field) if field else {"type": "Text"})
        if field:
            for name in ("type", "name"):
                self.fields[name].disabled = True

    @property
    def typed(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of single types, each with the types that know it."""
        names = dict.fromkeys(name for known in _CONFIG_OF.values() for name in known)
        return [
            (self[name], " ".join(type for type, known in _CONFIG_OF.items() if name in known)) for name in names
        ]  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """The arguments of create_field, and (without name and type) of update_field."""
        values = self.cleaned_data
        details = {
            "label": values["label"], "labels": dict(_pairs(values["translations"])),
            "description": values["description"], "required": values["required"], "config": self._config(),
        }  # fmt: skip
        return {"name": values["name"], "type": values["type"], **details} if self._is_new else details

    def show_problem(self, error: ProfileFieldInvalid) -> None:
        self.add_error(error.field if error.field in self.fields else None, error.message)

    def _config(self) -> dict[str, Any]:
        values = self.cleaned_data
        config = {name: value for name, value in self._saved.items() if name not in _SHOWN}
        required = {part["name"]: part.get("required", False) for part in self._saved.get("parts", [])}
        for name in _CONFIG_OF[values["type"]]:
            value = values[name]
            if name in _NUMBERS and value is not None:
                config[_NUMBERS[name]] = int(value) if float(value).is_integer() else value
            elif name == "options":
                config["options"] = [{"value": key, "label": label} for key, label in _pairs(value)]
            elif name in ("address_parts", "name_parts"):
                config["parts"] = [{"name": part, "required": required.get(part, False)} for part in value]
            elif name in _TEXTS and value:
                config[_TEXTS[name]] = value
        if config.get("format") != "custom":
            config.pop("customFormat", None)
        return config


_TEXTS = {"placeholder": "placeholder", "date_format": "format", "custom_format": "customFormat", "pattern": "format"}
_SHOWN = {*_NUMBERS.values(), *_TEXTS.values(), "options", "parts"}  # of a field's config; what else there is stays


def _pairs(text: str) -> list[tuple[str, str]]:
    """`key = label` per line; a line without a sign is both."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        key, sign, label = line.partition("=")
        found.append((key.strip(), label.strip() if sign else key.strip()))
    return found


def _initial(field: ProfileField) -> dict[str, Any]:
    config = field.config
    parts = [part["name"] for part in field.parts]
    return {
        "type": field.type, "name": field.name, "label": field.label, "description": field.description,
        "required": field.required, "translations": "\n".join(f"{key} = {label}" for key, label in field.labels.items()),
        "placeholder": config.get("placeholder", ""), **{name: config.get(key) for name, key in _NUMBERS.items()},
        "date_format": config.get("format", DATE_FORMATS[0]), "custom_format": config.get("customFormat", ""),
        "pattern": config.get("format", ""), "address_parts": parts, "name_parts": parts,
        "options": "\n".join(f"{one['value']} = {one.get('label') or one['value']}" for one in config.get("options", [])),
    }  # fmt: skip
