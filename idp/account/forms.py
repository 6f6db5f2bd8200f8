"""What people type on their account pages, cleaned. The rules are the rooms' (users.identifiers, users.passwords)."""

from typing import Any

from django import forms

from idp.lib import countries
from idp.users import identifiers
from idp.users.errors import InvalidIdentifier
from idp.users.policy import PasswordPolicy

_NEW = {"email": "New email address", "phone": "New phone number"}
_ATTRIBUTES = {
    "email": {"type": "email", "inputmode": "email", "autocomplete": "email"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
}
CONFIRMATION = "DELETE"


class ProfileForm(forms.Form):
    name = forms.CharField(required=False, max_length=128, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="Letters, digits and underscores. You may sign in with it where this service allows that.",
    )
    avatar = forms.URLField(
        label="Picture",
        required=False,
        max_length=2048,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="The web address of a picture.",
        error_messages={"invalid": "Enter a web address, such as https://example.com/me.jpg."},
    )

    def clean_username(self) -> str:
        return _cleaned("username", self.cleaned_data["username"])


class NewIdentifierForm(forms.Form):
    """A new email address or phone number; `value` is its stored form. Names as in templates/pages/_identifier.html."""

    identifier = forms.CharField(max_length=254)
    country = forms.ChoiceField(label="Country", required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [kind]
        self.value = ""
        if kind == "phone":
            self.fields["country"].choices = countries.choices()  # type: ignore[attr-defined]
        else:
            del self.fields["country"]
        field = self.fields["identifier"]
        field.label = _NEW[kind]
        field.error_messages["required"] = f"Enter your {_NEW[kind][0].lower()}{_NEW[kind][1:]}."
        field.widget.attrs.update({**_ATTRIBUTES[kind], "autofocus": True})

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get("identifier", "")
        if typed:
            try:
                self.value = identifiers.clean(self.kinds[0], typed, self.cleaned_data.get("country") or None)
            except InvalidIdentifier as error:
                self.add_error("identifier", error.message)
        return self.cleaned_data


class PasswordForm(forms.Form):
    """The password that the person has."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        strip=False,
        max_length=256,
        error_messages={"required": "Enter your password."},
    )


class NewPasswordForm(forms.Form):
    """The new password, and the current one where there is one."""

    current = forms.CharField(
        label="Current password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        strip=False,
        max_length=256,
        error_messages={"required": "Enter the password that you have now."},
    )
    password = forms.CharField(
        label="New password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=256,
        error_messages={"required": "Choose a password."},
    )

    def __init__(self, *args: Any, policy: PasswordPolicy, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["current"]
            self.fields["password"].widget.attrs["autofocus"] = True
        self.fields["password"].help_text = policy.sentence


class DeleteForm(forms.Form):
    confirmation = forms.CharField(
        label=f"Type {CONFIRMATION} to confirm",
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": f"Type {CONFIRMATION} in capital letters."},
    )

    def clean_confirmation(self) -> str:
        if self.cleaned_data["confirmation"] != CONFIRMATION:
            raise forms.ValidationError(f"Type {CONFIRMATION} in capital letters.")
        return CONFIRMATION


def _cleaned(kind: str, value: str) -> str:
    try:
        return identifiers.clean(kind, value) if value.strip() else ""
    except InvalidIdentifier as error:
        raise forms.ValidationError(error.message) from error
