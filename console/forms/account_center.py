"""What people may see and change of their own account, as a select for each field."""

from collections.abc import Iterator
from typing import Any

from django import forms

from idp.signin.errors import AccountCenterInvalid
from idp.signin.models import AccountCenter

_ACCESS = [("Off", "Off"), ("ReadOnly", "Read only"), ("Edit", "Edit")]
# Field to its label and what it covers.
_FIELDS = {
    "name": ("Name", ""),
    "avatar": ("Picture", ""),
    "username": ("Username", ""),
    "email": ("Email address", ""),
    "phone": ("Phone number", ""),
    "password": ("Password", ""),
    "profile": ("Profile", "Birthday, address and the other claims of a profile."),
    "customData": ("Custom data", "What your apps keep about a person, and profile fields of your own."),
    "mfa": ("Second factors", "Authenticator app, backup codes."),
    "passkey": ("Passkeys", ""),
    "social": ("Social identities", "Accounts elsewhere that they sign in with."),
    "session": ("Sessions and connected apps", "Where they are signed in, and which apps they have let in."),
    "trustedDevice": ("Trusted devices", ""),
}
GROUPS = {
    "Profile": ("name", "avatar", "profile", "customData"),
    "Sign-in": ("username", "email", "phone", "password", "social"),
    "Security": ("mfa", "passkey", "session", "trustedDevice"),
}


class AccountCenterForm(forms.Form):
    enabled = forms.BooleanField(
        label="Account pages and Account API",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="When this is off, people cannot manage their account here, and apps cannot do it for them.",
    )
    delete_account_url = forms.CharField(
        label="Delete account URL",
        required=False,
        max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://shop.example/leave"}),
        help_text="Where people who want to leave are sent. Empty: they delete their account on a page here.",
    )
    webauthn_related_origins = forms.CharField(
        label="Origins that share passkeys",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://shop.example"}),
        help_text="One per line: your other sites that may use the passkeys of this one.",
    )

    def __init__(self, center: AccountCenter, data: Any = None) -> None:
        initial = {name: center.fields.get(name, AccountCenter.Access.EDIT) for name in AccountCenter.FIELDS}
        initial |= {
            "enabled": center.enabled, "delete_account_url": center.delete_account_url or "",
            "webauthn_related_origins": "\n".join(center.webauthn_related_origins),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        for name, (label, hint) in _FIELDS.items():
            self.fields[name] = forms.ChoiceField(label=label, help_text=hint, choices=_ACCESS, required=False)

    @property
    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        for title, names in GROUPS.items():
            yield title, [self[name] for name in names]

    def changes(self) -> dict[str, Any]:
        """The arguments of update_account_center."""
        values = self.cleaned_data
        return {
            "enabled": values["enabled"],
            "fields": {name: values[name] for name in _FIELDS},
            "delete_account_url": values["delete_account_url"] or None,
            "webauthn_related_origins": values["webauthn_related_origins"].split(),
        }

    def show_problem(self, error: AccountCenterInvalid) -> None:
        self.add_error(error.field if error.field in self.fields else None, error.message)
