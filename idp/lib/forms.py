"""Forms that more than one room shows."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from idp.lib import countries, phones
from idp.lib.storable import is_storable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class BoundField(forms.BoundField):
    """In a form that was refused the first wrong field has the focus, not the one that a new page begins with.

    A form with a false `takes_focus` takes none.
    """

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        if not getattr(self.form, "takes_focus", True):
            return {**built, "autofocus": False}
        wrong = next((name for name in self.form.fields if name in self.form.errors), "")
        return {**built, "autofocus": self.name == wrong} if wrong else built


class Renderer(TemplatesSetting):
    bound_field_class = BoundField


class PasswordInput(forms.PasswordInput):
    """With a button to look at what is typed."""

    template_name = "widgets/password.html"


class CountrySelect(forms.Widget):
    """Every country with its calling code. Its options are made once for each language, for they are most of a sign-in page."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        attributes = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(attributes), countries.options(selected=str(value or "")))


class CountryField(forms.Field):
    """The country beside a phone number: the code of a region (ISO 3166), or ""."""

    widget = CountrySelect

    def __init__(self) -> None:
        super().__init__(label=_("Country"), required=False)

    def to_python(self, value: Any) -> str:
        return value or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not phones.is_region(value):
            message = forms.ChoiceField.default_error_messages["invalid_choice"]
            raise forms.ValidationError(message, code="invalid_choice", params={"value": value})


def password_field(
    label: "StrOrPromise", required: "StrOrPromise", *, new: bool = False, focus: bool = True
) -> forms.CharField:
    """A password as it is typed, spaces and all; `required` is what is said when it is empty."""
    attrs = {"autocomplete": "new-password" if new else "current-password", **({"autofocus": True} if focus else {})}
    return forms.CharField(
        label=label,
        widget=PasswordInput(attrs=attrs),
        strip=False,
        max_length=256,
        error_messages={"required": required},
    )


class CodeForm(forms.Form):
    """Six digits; spaces and dashes that a paste brings along are dropped."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 -]*", "autofocus": True}
        ),
        error_messages={"required": _("Enter the six digits that we sent.")},
    )

    def clean_code(self) -> str:
        digits = "".join(filter(str.isdecimal, self.cleaned_data["code"]))
        if len(digits) != 6 or not digits.isascii():
            raise forms.ValidationError(_("A code has six digits."))
        return digits


class PasskeyForm(forms.Form):
    """What static/js/passkey.js fills in: which question was answered, and the answer of the browser."""

    ceremony = forms.CharField(max_length=21, widget=forms.HiddenInput)
    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        try:
            credential = json.loads(self.cleaned_data["credential"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("This is no JSON.") from error
        if not isinstance(credential, dict) or not is_storable(credential):
            raise forms.ValidationError("This is no JSON object.")
        return credential


def password_rules(rules: Iterable[tuple[str, int, str]]) -> SafeString:
    """The help text of a new password: a list whose entries are marked while one types (static/js/password-field.js)."""
    items = format_html_join("", '<li data-password-rule="{}" data-least="{}">{}</li>', rules)
    return format_html('<ul class="password-rules" role="list">{}</ul>', items)
