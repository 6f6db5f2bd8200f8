from typing import Any

from django import forms

from idp.lib.forms import PasswordInput


def password_input(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=256, widget=widget, help_text=help_text)


class SignInForm(forms.Form):
    username = forms.CharField(
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = password_input("Password", "current-password")


class SetupForm(forms.Form):
    username = forms.CharField(
        max_length=128,
        help_text="Letters, digits and underscores; it begins with a letter.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = password_input(
        "Password", "new-password", "At least 8 characters. A sentence is easier to remember than symbols."
    )
    password_again = password_input("Password once more", "new-password")
    name = forms.CharField(
        label="Your name (optional)",
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Email (optional)", required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and data.get("password_again") != data["password"]:
            self.add_error("password_again", "The two passwords are not the same.")
        return data
