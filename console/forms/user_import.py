from typing import Any

from django import forms

from idp.users.importing import TARGETS
from idp.users.models import UserImport

SAMPLES = 3


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="CSV with a first line of names, a JSON array of objects, or JSON Lines; UTF-8, at most 20,000 people.",
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.jsonl,.ndjson,.txt"}),
    )


class MappingForm(forms.Form):
    """One choice for each column of the file: what it is."""

    def __init__(self, draft: UserImport, data: Any = None) -> None:
        super().__init__(data)
        self._columns = draft.columns
        for number, column in enumerate(draft.columns):
            values = (str(row[column])[:60] for row in draft.rows if row.get(column) not in (None, ""))
            samples = [value for value, _ in zip(values, range(SAMPLES), strict=False)]
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=list(TARGETS.items()),
                initial=draft.mapping.get(column, ""),
                help_text=", ".join(samples) or "Empty in every row",
            )

    def mapping(self) -> dict[str, str]:
        return {column: self.cleaned_data[f"column-{number}"] for number, column in enumerate(self._columns)}
