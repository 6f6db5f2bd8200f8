from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from connectors.ports import ConfigProblem, ConnectorKind, ConnectorType
from console.forms.form_items import field_for, starting_values
from console.forms.json_text import JsonTextField, problem_at
from idp.lib import phones
from idp.messaging.errors import InvalidConfig
from idp.messaging.secrets import masked, unmasked
from idp.users import identifiers
from idp.users.errors import InvalidIdentifier


class PickForm(forms.Form):
    """Which provider? The cards themselves are drawn by the template."""

    def __init__(self, kinds: tuple[ConnectorKind, ...], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["kind"] = forms.ChoiceField(
            choices=[(kind.id, kind.name) for kind in kinds],
            error_messages={"required": "Choose a provider.", "invalid_choice": "Choose one of these."},
        )


class ConnectorForm(forms.Form):
    """The parameters of one kind of connector. Secrets of the stored connector are shown, and come back, as a mask."""

    def __init__(
        self, kind: ConnectorKind, data: Mapping[str, Any] | None = None, *, stored: dict[str, Any] | None = None
    ) -> None:
        self.kind = kind
        self._stored = stored or {}
        initial = starting_values(kind.form_items) if stored is None else masked(kind, stored)
        super().__init__(data, prefix="config", initial=initial)
        for item in kind.form_items:
            self.fields[item.key] = field_for(item)

    @property
    def hidden_state(self) -> dict[str, Any]:
        """What is stored behind the masks, for console.editing."""
        return {item.key: self._stored.get(item.key) for item in self.kind.form_items if item.is_confidential}

    def config(self) -> dict[str, Any]:
        return unmasked(self.kind, self.cleaned_data, self._stored)

    def show_problems(self, error: InvalidConfig) -> None:
        for problem in error.problems:
            self.add_error(problem.key if problem.key in self.fields else None, self._at_its_place(problem))

    def _at_its_place(self, problem: ConfigProblem) -> ValidationError:
        if isinstance(self.fields.get(problem.key), JsonTextField):
            text = self.data.get(self.add_prefix(problem.key), "")
            return problem_at(text, problem.inner_path, problem.message)
        return ValidationError(problem.message)


class RecipientForm(forms.Form):
    """Where the test message goes: cleans to an E.164 number with its plus, or an email address."""

    to = forms.CharField(max_length=254)

    def __init__(self, type: ConnectorType, data: Mapping[str, Any] | None = None, *, typed: str = "") -> None:
        super().__init__(data, prefix="test", use_required_attribute=False, initial={"to": typed})
        self._kind = "email" if type is ConnectorType.EMAIL else "phone"
        field = self.fields["to"]
        field.label, field.help_text, attrs = _RECIPIENTS[self._kind]
        field.widget.attrs.update(attrs | {"data-unsaved-ignore": True})
        field.error_messages["required"] = "Say where the test message should go."

    def clean_to(self) -> str:
        try:
            value = identifiers.clean(self._kind, self.cleaned_data["to"])
        except InvalidIdentifier as error:
            raise ValidationError(error.message) from error
        return value if self._kind == "email" else phones.e164(value)


_RECIPIENTS = {
    "phone": (
        "Phone number",
        "With + and the country code.",
        {"placeholder": "+1 555 123 4567", "autocomplete": "tel", "inputmode": "tel"},
    ),
    "email": (
        "Email address",
        "An inbox you can look into.",
        {"placeholder": "you@example.com", "autocomplete": "email", "inputmode": "email"},
    ),
}
