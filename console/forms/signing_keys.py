from datetime import timedelta

from django import forms

GRACE_PERIODS = (
    (900, "In 15 minutes (recommended)"),
    (3600, "In 1 hour"),
    (86400, "In 1 day"),
    (0, "At once"),
)


class RotateForm(forms.Form):
    """How long the new key is published before it signs."""

    grace = forms.TypedChoiceField(
        label="The new key takes over", choices=GRACE_PERIODS, coerce=int, initial=900, widget=forms.RadioSelect
    )

    def period(self) -> timedelta:
        return timedelta(seconds=self.cleaned_data["grace"])
