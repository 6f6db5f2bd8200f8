from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.json_text import JsonObjectField
from idp.lib import phones
from idp.lib.errors import DomainError
from idp.lib.forms import PasswordInput
from idp.users.errors import IdentifierTaken, InvalidIdentifier, PasswordRejected
from idp.users.models import User


class _IdentifierFields(forms.Form):
    """The names a person can sign in with. Whether they are well-formed and free is for idp.users to say."""

    email = forms.CharField(
        label="Email address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "ada@example.com"}),
    )
    phone = forms.CharField(
        label="Phone number",
        required=False,
        max_length=32,
        help_text="With + and the country code.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "placeholder": "+1 555 123 4567"}),
    )
    username = forms.CharField(
        required=False,
        max_length=128,
        help_text="Letters, digits and underscores.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label="Full name", required=False, max_length=128)

    def show_error(self, error: DomainError) -> None:
        field = None
        if isinstance(error, InvalidIdentifier | IdentifierTaken):
            field = error.field
        elif isinstance(error, PasswordRejected):
            field = "password"
        self.add_error(field if field in self.fields else None, ValidationError(error.message, code=error.code))


class UserCreateForm(_IdentifierFields):
    how = forms.ChoiceField(
        label="Password",
        choices=[
            ("none", "None: they sign in with codes"),
            ("generated", "Generate one and show it once"),
            ("typed", "Type one"),
        ],
        initial="none",
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label="New password",
        required=False,
        strip=False,
        max_length=256,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == "typed" and not cleaned.get("password"):
            self.add_error("password", "Type a password, or choose another way.")
        return cleaned

    def details(self) -> dict[str, Any]:
        """What create_user takes, without the password."""
        return {field: self.cleaned_data[field] for field in ("email", "phone", "username")} | {
            "name": self.cleaned_data["name"] or None
        }


class UserForm(_IdentifierFields):
    avatar = forms.URLField(
        label="Avatar image URL",
        required=False,
        max_length=2048,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/ada.png"}),
    )
    profile = JsonObjectField(
        required=False, help_text="Profile claims such as givenName, familyName, birthdate and locale."
    )
    custom_data = JsonObjectField(required=False, help_text="Whatever your apps keep about this person.")

    def __init__(self, user: User, data: Any = None) -> None:
        phone = phones.readable(user.primary_phone) if user.primary_phone else ""
        super().__init__(
            data,
            initial={
                "email": user.primary_email or "",
                "phone": phone,
                "username": user.username or "",
                "name": user.name or "",
                "avatar": user.avatar or "",
                "profile": user.profile,
                "custom_data": user.custom_data,
            },
        )

    def changes(self) -> dict[str, Any]:
        """Only what was changed: two administrators may have the same person open."""
        changes = {field: self.cleaned_data[field] for field in self.changed_data}
        for field in ("name", "avatar"):
            if field in changes:
                changes[field] = changes[field] or None
        return changes


class PasswordForm(forms.Form):
    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=256,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )
