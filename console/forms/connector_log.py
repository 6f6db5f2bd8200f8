"""Which messages of a connector are shown."""

from typing import Any

from django import forms

from console.forms.filters import FilterForm
from idp.lib import countries
from idp.messaging.models import SentMessage

_VERIFIED = "verified"


class LogForm(FilterForm):
    status = forms.ChoiceField(
        required=False,
        choices=[("", "Any status"), (_VERIFIED, "Verified"), *SentMessage.Status.choices],
    )
    country = forms.ChoiceField(required=False)

    def __init__(self, data: Any, regions: list[str]) -> None:
        super().__init__(data)
        found = sorted((countries.in_english(code), code) for code in regions if code)
        self.fields["country"].choices = [("", "Any country"), *((code, name) for name, code in found)]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """Conditions of a QuerySet."""
        status, country = self.cleaned_data["status"], self.cleaned_data["country"]
        wanted: dict[str, Any] = {"country": country} if country else {}
        if status == _VERIFIED:
            return wanted | {"verified_at__isnull": False}
        return wanted | ({"status": status} if status else {})
