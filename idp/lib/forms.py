"""Forms that more than one room shows."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """Six digits; spaces and dashes that a paste brings along are dropped."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 -]*", "autofocus": True}
        ),
        error_messages={"required": _("Enter the six digits that we sent.")},
    )

    def clean_code(self) -> str:
        digits = "".join(filter(str.isdecimal, self.cleaned_data["code"]))
        if len(digits) != 6 or not digits.isascii():
            raise forms.ValidationError(_("A code has six digits."))
        return digits
