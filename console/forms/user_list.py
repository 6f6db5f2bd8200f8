"""Which people the list shows, and what is done to several of them."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from idp.applications.models import Application
from idp.users.finding import UserFilter

_STATUS: dict[str, dict[str, bool]] = {
    "": {},
    "active": {"suspended": False},
    "suspended": {"suspended": True},
    "signed-in": {"has_signed_in": True},
    "never": {"has_signed_in": False},
}
_DAYS = [MinValueValidator(datetime.date(2000, 1, 1)), MaxValueValidator(datetime.date(2999, 12, 31))]
APPLICATIONS_SHOWN = 200


class UserFilterForm(forms.Form):
    """A GET form: everything may be left empty, and what is filled in stays in the address."""

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
    since = forms.DateField(label="From", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="To", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        named = list(Application.objects.order_by("name").values_list("pk", "name")[:APPLICATIONS_SHOWN])
        asked = data.get("application", "")
        if asked and asked not in dict(named):  # one that is gone, or of many
            named.append((asked, asked))
        self.fields["application"].choices = [("", "Any application"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "This is before the first day.")
        return data

    def wanted(self) -> UserFilter:
        """Of a valid form."""
        data = self.cleaned_data
        until = data["until"]
        return UserFilter(
            text=data["q"],
            application=data["application"],
            since=_midnight(data["since"]) if data["since"] else None,
            until=_midnight(until + datetime.timedelta(days=1)) if until else None,
            **_STATUS[data["status"]],
        )

    def filled(self) -> dict[str, str]:
        """What was filled in, as it was written."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def query(self) -> str:
        return urlencode(self.filled())


class BulkForm(forms.Form):
    """Up to a page of people, and what to do to all of them."""

    MOST = 200

    action = forms.ChoiceField(choices=[(name, name) for name in ("suspend", "reactivate", "delete", "csv", "jsonl")])
    confirmed = forms.BooleanField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.ids: list[str] = [] if data is None else data.getlist("user")

    def clean(self) -> dict[str, Any]:
        if not self.ids:
            self.add_error(None, "Choose somebody first.")
        elif len(self.ids) > self.MOST:
            self.add_error(None, f"At most {self.MOST} at once.")
        return self.cleaned_data


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
