"""Which events the Activity page shows."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.event_words import GROUPS, SENTENCES
from console.forms.filters import DaysForm
from idp.applications.models import Application
from idp.audit.models import EventFilter
from idp.users.models import User

_OUTCOMES = {"ok": True, "failed": False}
_KEY = r"[a-z0-9_.]{1,80}"


class ActivityForm(DaysForm):
    field_order = ("key", "outcome", "who", "since", "until")

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

    def wanted(self) -> EventFilter:
        """Of a valid form."""
        data = self.cleaned_data
        return EventFilter(
            key=data["key"],
            succeeded=_OUTCOMES.get(data["outcome"]),
            subject=data["who"],
            **self.days(),
        )


def _named(text: str) -> str:
    person = User.objects.named(text)
    if person:
        return str(person.audit_name)
    application = Application.objects.filter(pk=text).first()
    return application.audit_name if application else ""
