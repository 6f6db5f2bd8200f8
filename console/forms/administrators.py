from typing import Any

from django import forms

from console.forms.session import SetupForm
from idp.users.models import StaffRole

# What each may, in a sentence; the table behind it is idp.users.roles.GRANTED.
ROLES = (
    (StaffRole.OWNER, "Owner: everything, administrators and signing keys included"),
    (StaffRole.ADMIN, "Administrator: settings, applications, connectors, people and secrets"),
    (StaffRole.AUDITOR, "Read-only: sees everything but secrets, changes nothing"),
    (StaffRole.SUPPORT, "Support: helps people in; sees no settings"),
)


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(label="Role", choices=ROLES, coerce=StaffRole, widget=forms.RadioSelect)


class InviteForm(RoleForm):
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "grace@example.com"}),
    )
    by_email = forms.BooleanField(
        label="Send the link to this address",
        required=False,
        help_text="Through your email connector. Nobody else sees it then, you neither. Otherwise it is shown to you, to pass on.",
    )
    field_order = ("email", "role", "by_email")

    def __init__(self, data: Any, *, can_send: bool) -> None:
        super().__init__(data, initial={"by_email": True})
        if not can_send:
            del self.fields["by_email"]


class AcceptForm(SetupForm):
    """As for the first administrator; the address is that of the invitation."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        del self.fields["email"]
