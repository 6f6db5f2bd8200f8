"""Which events the Activity page shows."""

import datetime
import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from console.event_words import GROUPS, SENTENCES
from idp.applications.models import Application
from idp.audit.models import EventFilter
from idp.users.models import User

_OUTCOMES = {"ok": True, "failed": False}
_KEY = r"[a-z0-9_.]{1,80}"
_DAYS = [MinValueValidator(datetime.date(2000, 1, 1)), MaxValueValidator(datetime.date(2999, 12, 31))]


class ActivityForm(forms.Form):
    """A GET form: everything may be left empty, and what is filled in stays in the address."""

    key = forms.ChoiceField(label="What", required=False)
    outcome = forms.ChoiceField(
        required=False, choices=[("", "Any outcome"), ("ok", "Succeeded"), ("failed", "Failed")]
    )
    who = forms.CharField(
        label="Person or application",
        required=False,
        max_length=254,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false",
                "placeholder": "ID, email, phone, username",
            }
        ),
    )  # fmt: skip
    since = forms.DateField(label="From", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="To", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        choices: list[Any] = [("", "Everything"), *((group, list(keys.items())) for group, keys in GROUPS.items())]
        asked = data.get("key", "")
        if re.fullmatch(_KEY, asked) and asked not in SENTENCES:  # of an older version, or a newer one
            choices.append(("Other", [(asked, asked)]))
        self.fields["key"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_who(self) -> str:
        """As the log writes it: `user:id`."""
        text: str = self.cleaned_data["who"]
        if not text or ":" in text:
            return text
        found = _named(text)
        if not found:
            raise ValidationError("Nobody and no application by this name. For those deleted, write user:<ID>.")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "This is before the first day.")
        return data

    def wanted(self) -> EventFilter:
        """Of a valid form."""
        data = self.cleaned_data
        until = data["until"]
        return EventFilter(
            key=data["key"],
            succeeded=_OUTCOMES.get(data["outcome"]),
            subject=data["who"],
            since=_midnight(data["since"]) if data["since"] else None,
            until=_midnight(until + datetime.timedelta(days=1)) if until else None,
        )

    def filled(self) -> dict[str, str]:
        """What was filled in, as it was written."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def query(self) -> str:
        return urlencode(self.filled())


def _named(text: str) -> str:
    person = User.objects.named(text)
    if person:
        return str(person.audit_name)
    application = Application.objects.filter(pk=text).first()
    return application.audit_name if application else ""


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
