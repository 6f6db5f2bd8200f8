"""Colours, logos and CSS: of all hosted pages, or of one application's. The shapes are idp.lib.looks'."""

from typing import Any

from django import forms

from idp.applications.errors import InvalidSetting
from idp.signin.errors import ExperienceInvalid

_PICTURE = {"placeholder": "https://", "inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
_COLOR = {"data-color": True, "maxlength": 7, "spellcheck": "false", "autocapitalize": "none"}
# Form field to the member of the stored object.
_COLORS = {"primary_color": "primaryColor", "dark_primary_color": "darkPrimaryColor"}
_LOGOS = {"logo_url": "logoUrl", "dark_logo_url": "darkLogoUrl", "favicon": "favicon", "dark_favicon": "darkFavicon"}


class LooksForm(forms.Form):
    primary_color = forms.CharField(
        label="Brand colour",
        required=False,
        widget=forms.TextInput(attrs={**_COLOR, "placeholder": "#0f5b4c"}),
        help_text="Of buttons and links. What stands on it is black or white, whichever is read better.",
    )
    dark_mode = forms.BooleanField(
        label="Dark mode",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="Follows the reader's device. Without it pages are always light.",
    )
    dark_primary_color = forms.CharField(
        label="Brand colour in dark mode",
        required=False,
        widget=forms.TextInput(attrs={**_COLOR, "placeholder": "Lightened from the brand colour"}),
    )
    logo_url = forms.CharField(
        label="Logo", required=False, max_length=2048, widget=forms.TextInput(attrs=_PICTURE),
        help_text="The web address of a picture, 40 pixels high or more. SVG is best.",
    )  # fmt: skip
    dark_logo_url = forms.CharField(
        label="Logo in dark mode", required=False, max_length=2048, widget=forms.TextInput(attrs=_PICTURE)
    )
    favicon = forms.CharField(
        label="Favicon", required=False, max_length=2048, widget=forms.TextInput(attrs=_PICTURE),
        help_text="The small picture in the browser's tab.",
    )  # fmt: skip
    dark_favicon = forms.CharField(
        label="Favicon in dark mode", required=False, max_length=2048, widget=forms.TextInput(attrs=_PICTURE)
    )
    custom_css = forms.CharField(
        label="Custom CSS",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "mono", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, color: dict[str, Any], branding: dict[str, str], css: str, data: Any = None) -> None:
        initial = {name: color.get(member, "") for name, member in _COLORS.items()}
        initial |= {name: branding.get(member, "") for name, member in _LOGOS.items()}
        initial |= {"dark_mode": color.get("isDarkModeEnabled", True), "custom_css": css}
        super().__init__(data, initial=initial)

    def changes(self) -> dict[str, Any]:
        """color, branding and custom_css, as update_experience and update_application take them."""
        values = self.cleaned_data
        color = {member: values[name] for name, member in _COLORS.items() if values[name]}
        if color or not values["dark_mode"]:
            color["isDarkModeEnabled"] = values["dark_mode"]
        return {
            "color": color,
            "branding": {member: values[name] for name, member in _LOGOS.items() if values[name]},
            "custom_css": values["custom_css"].strip(),
        }

    def show_problem(self, error: ExperienceInvalid | InvalidSetting) -> None:
        """Beside the field that the error's path ends in: `$.color.primaryColor`, `color`."""
        member = error.field.rpartition(".")[2]
        fields = {**{value: name for name, value in (_COLORS | _LOGOS).items()}, "isDarkModeEnabled": "dark_mode",
                  "color": "primary_color", "branding": "logo_url", "customCss": "custom_css", "custom_css": "custom_css"}  # fmt: skip
        self.add_error(fields.get(member), error.message)
