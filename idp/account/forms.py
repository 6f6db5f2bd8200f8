"""What people type on their account pages, cleaned. The rules are the rooms' (users.identifiers, users.passwords)."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from idp.lib.forms import CodeForm, CountryField, password_field, password_rules
from idp.users import identifiers
from idp.users.errors import InvalidIdentifier
from idp.users.policy import PasswordPolicy
from idp.users.usernames import UsernamePolicy

_NEW = {
    "email": (_("New email address"), _("Enter your new email address.")),
    "phone": (_("New phone number"), _("Enter your new phone number.")),
}
_ATTRIBUTES = {
    "email": {"type": "email", "inputmode": "email", "autocomplete": "email"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
}
CONFIRMATION = "DELETE"  # the same word in every language: people copy it
_CAPITALS = format_lazy(_("Type {word} in capital letters."), word=CONFIRMATION)


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Give it a name.")},
    )


class NewAppForm(CodeForm):
    """Six digits of an authenticator app that is being set up, with its key."""

    secret = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app")
        self.fields["code"].error_messages["required"] = _("Enter the six digits that your app shows.")


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), required=False, max_length=128, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    avatar = forms.URLField(
        label=_("Picture"),
        required=False,
        max_length=2048,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("The web address of a picture."),
        error_messages={"invalid": _("Enter a web address, such as https://example.com/me.jpg.")},
    )

    def __init__(self, *args: Any, fields: list[str], **kwargs: Any) -> None:
        """Only these fields are there to change."""
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(fields):
            del self.fields[name]


class UsernameForm(forms.Form):
    username = forms.CharField(
        label=_("Username"),
        required=False,
        max_length=128,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, policy: UsernamePolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = policy.sentence

    def clean_username(self) -> str:
        return _cleaned("username", self.cleaned_data["username"])


class NewIdentifierForm(forms.Form):
    """A new email address or phone number; `value` is its stored form. Names as in templates/pages/_identifier.html."""

    identifier = forms.CharField(max_length=254)
    country = CountryField()

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [kind]
        self.value = ""
        if kind != "phone":
            del self.fields["country"]
        field = self.fields["identifier"]
        field.label, field.error_messages["required"] = _NEW[kind]
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

    password = password_field(_("Your password"), _("Enter your password."))


class NewPasswordForm(forms.Form):
    """The new password, and the current one where there is one."""

    current = password_field(_("Current password"), _("Enter the password that you have now."))
    password = password_field(_("New password"), _("Choose a password."), new=True, focus=False)

    def __init__(self, *args: Any, policy: PasswordPolicy, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["current"]
            self.fields["password"].widget.attrs["autofocus"] = True
        self.fields["password"].help_text = password_rules(policy.rules)


class DeleteForm(forms.Form):
    confirmation = forms.CharField(
        label=format_lazy(_("Type {word} to confirm"), word=CONFIRMATION),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _CAPITALS},
    )

    def clean_confirmation(self) -> str:
        if self.cleaned_data["confirmation"] != CONFIRMATION:
            raise forms.ValidationError(_CAPITALS)
        return CONFIRMATION


def _cleaned(kind: str, value: str) -> str:
    try:
        return identifiers.clean(kind, value) if value.strip() else ""
    except InvalidIdentifier as error:
        raise forms.ValidationError(error.message) from error
