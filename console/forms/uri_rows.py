"""A list of addresses, one row each. Without a script the last row is empty, and saving brings another."""

from typing import Any

from django import forms
from django.http import QueryDict

from idp.applications import uris

ORIGINS = "allowed_origins"


class UriRows(forms.Widget):
    """Rows with one name. `is_native` decides what is remarked; uri-rows.js adds and removes rows."""

    template_name = "console/widgets/uri_rows.html"
    is_native = False
    suggestions: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = value if isinstance(value, list) else str(value or "").splitlines()
        given = context["widget"]["attrs"]
        shown = values if values and given.get("disabled") else [*values, ""]
        context["rows"] = [(uri, *note(name, uri, is_native=self.is_native)) for uri in shown]
        context["first"] = {key: given[key] for key in ("id", "aria-invalid", "aria-describedby") if key in given}
        context["kind"] = "Native" if self.is_native else "Web"
        context["suggestions"] = [uri for uri in self.suggestions if uri not in values]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """As a text of lines, whether they came in rows or in one."""
        return "\n".join(data.getlist(name)) if isinstance(data, QueryDict) else data.get(name, "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class UriRowsField(forms.CharField):
    """Its value is a list of text without empty entries."""

    widget = UriRows

    def __init__(self, *, placeholder: str, **kwargs: Any) -> None:
        attrs = {"class": "input mono", "spellcheck": "false", "autocapitalize": "none", "placeholder": placeholder}
        super().__init__(widget=UriRows(attrs=attrs), required=False, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.clean(data)

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


def note(field: str, uri: str, *, is_native: bool) -> tuple[str, str]:
    """What stands below a row: ("problem" | "remark" | "", sentence). The rules are those that saving follows."""
    uri = uri.strip()
    if not uri:
        return "", ""
    problem = uris.origin_problem(uri) if field == ORIGINS else uris.problem(uri)
    if problem:
        return "problem", problem
    remark = None if field == ORIGINS else uris.remark(uri, is_native=is_native)
    return ("remark", remark) if remark else ("", "")
