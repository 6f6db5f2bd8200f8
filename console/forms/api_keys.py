from datetime import timedelta

from django import forms

_LIFETIMES = ((30, "In 30 days"), (90, "In 90 days"), (365, "In a year"), (0, "Never"))


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        max_length=64,
        help_text="What uses it, such as “nightly import”. One key for each thing, so that you can revoke one alone.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(label="Expires", coerce=int, choices=_LIFETIMES, initial=90)

    @property
    def lifetime(self) -> timedelta | None:
        days = self.cleaned_data["days"]
        return timedelta(days=days) if days else None
