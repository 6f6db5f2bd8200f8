"""What the filters of lists have in common: days from and to, and what stays in the address."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from idp.lib.days import start_of

_DAYS = [MinValueValidator(datetime.date(2000, 1, 1)), MaxValueValidator(datetime.date(2999, 12, 31))]


class FilterForm(forms.Form):
    """A GET form: everything may be left empty, and what is filled in stays in the address."""

    def filled(self) -> dict[str, str]:
        """What was filled in, as it was written."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def query(self) -> str:
        return urlencode(self.filled())


class DaysForm(FilterForm):
    since = forms.DateField(label="From", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="To", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "This is before the first day.")
        return data

    def days(self) -> dict[str, Any]:
        """Of a valid form: `since`, and `until` as the first moment that is no longer wanted."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return {
            "since": start_of(since) if since else None,
            "until": start_of(until + datetime.timedelta(days=1)) if until else None,
        }
