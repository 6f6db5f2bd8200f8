from typing import Any

from django import forms

from console.forms.session import password_input

_CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class SecondStepForm(forms.Form):
    """Six digits of the app, or a backup code; spaces and dashes that a paste brings along are dropped."""

    code = forms.CharField(
        label="Code",
        max_length=32,
        help_text="Six digits of your authenticator app, or one of your backup codes.",
        widget=forms.TextInput(attrs={**_CODE, "autofocus": True}),
    )

    def clean_code(self) -> str:
        return "".join(filter(str.isalnum, self.cleaned_data["code"]))


class NewAppForm(forms.Form):
    secret = forms.CharField(max_length=64, widget=forms.HiddenInput)
    code = forms.CharField(
        label="Code from your app", max_length=16, widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"})
    )

    current = password_input("Your password", "current-password")

    def clean_code(self) -> str:
        return "".join(filter(str.isdecimal, self.cleaned_data["code"]))


class OwnNameForm(forms.Form):
    name = forms.CharField(
        label="Your name", required=False, max_length=128, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class OwnPasswordForm(forms.Form):
    current = password_input("Your password now", "current-password")
    password = password_input("New password", "new-password")
    password_again = password_input("New password once more", "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and data.get("password_again") != data["password"]:
            self.add_error("password_again", "The two passwords are not the same.")
        return data
