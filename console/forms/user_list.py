"""Which people the list shows, and what is done to several of them."""

from typing import Any

from django import forms

from console.forms.filters import DaysForm
from idp.applications.models import Application
from idp.users.finding import UserFilter

_STATUS: dict[str, dict[str, Any]] = {
    "": {},
    "active": {"suspended": False},
    "suspended": {"suspended": True},
    "signed-in": {"has_signed_in": True},
    "never": {"has_signed_in": False},
}
APPLICATIONS_SHOWN = 200


class UserFilterForm(DaysForm):
    field_order = ("q", "status", "application", "since", "until")

    q = forms.CharField(
        label="Name, email, phone, username or ID",
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    status = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Everybody"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("signed-in", "Have signed in"),
            ("never", "Never signed in"),
        ],
    )
    application = forms.ChoiceField(label="Signed up in", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        named = list(Application.objects.order_by("name").values_list("pk", "name")[:APPLICATIONS_SHOWN])
        asked = data.get("application", "")
        if asked and asked not in dict(named):  # one that is gone, or of many
            named.append((asked, asked))
        self.fields["application"].choices = [("", "Any application"), *named]  # type: ignore[attr-defined]

    def wanted(self) -> UserFilter:
        """Of a valid form."""
        data = self.cleaned_data
        return UserFilter(
            text=data["q"],
            application=data["application"],
            **self.days(),
            **_STATUS[data["status"]],
        )


class BulkForm(forms.Form):
    """Up to a page of people, and what to do to all of them."""

    MOST = 200

    action = forms.ChoiceField(choices=[(name, name) for name in ("suspend", "reactivate", "delete", "csv", "jsonl")])
    confirmed = forms.BooleanField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.ids = [pk for pk in ([] if data is None else data.getlist("user")) if pk.isalnum()]

    def clean(self) -> dict[str, Any]:
        if not self.ids:
            self.add_error(None, "Choose somebody first.")
        elif len(self.ids) > self.MOST:
            self.add_error(None, f"At most {self.MOST} at once.")
        return self.cleaned_data
