from typing import Any

from django import forms

from console.forms.json_text import JsonObjectField
from console.forms.problems import ProblemForm
from idp.organizations.models import Organization, OrganizationRole, RoleType


class NewOrganizationForm(ProblemForm):
    name = forms.CharField(max_length=128)
    description = forms.CharField(max_length=256, required=False)


class OrganizationForm(NewOrganizationForm):
    custom_data = JsonObjectField(required=False, help_text="Whatever your apps keep about this organization.")

    def __init__(self, organization: Organization, data: Any = None) -> None:
        names = ("name", "description", "custom_data")
        super().__init__(data, initial={name: getattr(organization, name) for name in names})

    def changes(self) -> dict[str, Any]:
        return {**self.cleaned_data, "custom_data": self.cleaned_data["custom_data"] or {}}


class MemberForm(forms.Form):
    """`roles` are those of a member who was removed and comes back."""

    who = forms.CharField(
        label="Person",
        max_length=254,
        help_text="Their user ID, email address, phone number or username.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    roles = forms.ModelMultipleChoiceField(
        OrganizationRole.objects.filter(type=RoleType.USER), required=False, widget=forms.MultipleHiddenInput
    )
