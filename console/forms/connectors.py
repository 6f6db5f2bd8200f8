from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from connectors.ports import ConfigProblem, ConnectorKind, ConnectorType
from connectors.schema import schema_of
from console.forms.form_items import field_for, starting_values
from console.forms.json_text import JsonObjectField, JsonTextField, problem_at
from idp.lib import phones
from idp.messaging.errors import InvalidConfig
from idp.messaging.models import Connector
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


NAME = "_name"  # among the parameters, of which none is called so


def stored_values(connector: Connector) -> dict[str, Any]:
    """The parameters of a connector, and its name: what the forms show."""
    return {NAME: connector.name, **connector.config}


class _Parameters(forms.Form):
    """The name of a connector and the parameters of its kind. Stored secrets are shown, and come back, as a mask.

    `stored` has the `stored_values`; `typed` is what somebody wrote on the other form (fields, or all as JSON) and did not
    save yet.
    """

    mode: ClassVar[str]
    _name = forms.CharField(
        label="Name",
        max_length=Connector.NAME_LENGTH,
        required=False,
        help_text="Tells it from others of its kind. Only administrators see it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "For example: Europe"}),
    )

    def __init__(
        self,
        kind: ConnectorKind,
        data: Mapping[str, Any] | None = None,
        *,
        stored: dict[str, Any] | None = None,
        typed: dict[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self._stored = stored or {}
        self._saved = None if stored is None else masked(kind, stored)
        shown = starting_values(kind.form_items) if self._saved is None else self._saved
        self.is_typed = typed is not None and typed != _filled(shown)
        super().__init__(data, prefix="config", initial=self._initial(shown if typed is None else typed))

    def _initial(self, values: dict[str, Any]) -> dict[str, Any]:
        return values

    def name(self) -> str:
        return str(self.cleaned_data[NAME])

    def config(self) -> dict[str, Any]:
        return unmasked(self.kind, self._values(), self._stored)

    def _values(self) -> dict[str, Any]:
        return _without_name(self.cleaned_data)

    def show_problems(self, error: InvalidConfig) -> None:
        for problem in error.problems:
            self.add_error(*self._at_its_place(problem))

    def _at_its_place(self, problem: ConfigProblem) -> tuple[str | None, ValidationError]:
        raise NotImplementedError


def _without_name(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != NAME}


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was left empty."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


class ConnectorForm(_Parameters):
    """A field for each parameter."""

    mode = "fields"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in self.kind.form_items:
            self.fields[item.key] = one = field_for(item)
            if isinstance(one, JsonTextField):
                one.saved = (self._saved or {}).get(item.key)

    @property
    def hidden_state(self) -> dict[str, Any]:
        """What is stored behind the masks, for console.editing."""
        return {item.key: self._stored.get(item.key) for item in self.kind.form_items if item.is_confidential}

    def typed(self) -> dict[str, Any]:
        """What the fields say, also where it is wrong; what is empty is left out."""
        self.full_clean()
        values = {name: self.cleaned_data.get(name, self[name].value()) for name in self.fields}
        return _filled(values)

    def _at_its_place(self, problem: ConfigProblem) -> tuple[str | None, ValidationError]:
        if isinstance(self.fields.get(problem.key), JsonTextField):
            text = self.data.get(self.add_prefix(problem.key), "")
            return problem.key, problem_at(text, problem.inner_path, problem.message)
        return problem.key if problem.key in self.fields else None, ValidationError(problem.message)


class ConnectorJsonForm(_Parameters):
    """All parameters as one JSON object."""

    mode = "json"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.kind.form_items
        self.fields["json"] = JsonObjectField(
            label="Parameters as JSON",
            schema=schema_of(items),
            saved=_without_name(self._saved) if self._saved else None,
            default=_filled(starting_values(items)),
            error_messages={"required": "Write the parameters as an object: { … }."},
        )

    def _initial(self, values: dict[str, Any]) -> dict[str, Any]:
        return {NAME: values.get(NAME, ""), "json": _filled(_without_name(values))}

    @property
    def compared(self) -> ConnectorForm:
        """For console.editing: a conflict names parameters, and both forms understand each other's version."""
        return ConnectorForm(self.kind, stored=self._stored)

    def typed(self) -> dict[str, Any]:
        return _filled({NAME: self.name(), **self._values()})

    def _values(self) -> dict[str, Any]:
        return dict(self.cleaned_data["json"])

    def _at_its_place(self, problem: ConfigProblem) -> tuple[str | None, ValidationError]:
        text = self.data.get(self.add_prefix("json"), "")
        return "json", problem_at(text, problem.path, problem.message)


AnyConnectorForm = ConnectorForm | ConnectorJsonForm
FORMS: dict[str, type[ConnectorForm] | type[ConnectorJsonForm]] = {
    one.mode: one for one in (ConnectorForm, ConnectorJsonForm)
}


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
