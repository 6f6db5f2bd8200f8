from typing import Any

from django import forms
from django.db.models import QuerySet

from idp.applications.models import Application


class ImpersonationForm(forms.Form):
    application = forms.ModelChoiceField(
        queryset=Application.objects.none(),
        empty_label="Choose one",
        help_text="The token is for this application alone. Those that may exchange tokens are listed.",
    )
    reason = forms.CharField(
        max_length=200,
        min_length=10,
        help_text="For colleagues and for the person: a ticket, what they asked for. It stays in the activity.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Ticket 4711: their invoices do not open"}),
    )

    def __init__(self, data: Any, applications: QuerySet[Application]) -> None:
        super().__init__(data)
        field: Any = self.fields["application"]
        field.queryset = applications
        field.label_from_instance = lambda one: one.name
