"""Every component in every state, for those who build pages. Development only."""

import math
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console import charts
from console.access import Permission, needs
from console.forms.json_text import JsonTextField

COLOURS = {
    "Paper and ink": ("paper", "surface", "sunken", "raised", "ink", "ink-soft", "line", "line-strong"),
    "Brand": ("brand", "on-brand", "brand-strong", "brand-soft", "brand-line", "brass"),
    "Meaning": ("info", "success", "warning", "danger", "on-danger"),
    "Rail and code": (
        "rail",
        "rail-ink",
        "rail-ink-soft",
        "code",
        "code-ink",
        "code-ink-soft",
        "code-key",
        "code-string",
        "code-constant",
        "code-placeholder",
    ),
}
SIZES = ("2xl", "xl", "lg", "md", "sm", "xs")
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
TONES = ("info", "success", "warning", "danger")
BADGES = ("brand", "success", "warning", "danger", "brass")


class SampleForm(forms.Form):
    """One field of each kind."""

    takes_focus = False  # the page has more to show than the refused one (idp.lib.forms)
    text = forms.CharField(label="Text", help_text="A hint stands below its field.")
    number = forms.IntegerField(label="Number", min_value=1)
    choice = forms.ChoiceField(label="Choice", choices=[("native", "Native app"), ("spa", "Single-page app")])
    several = forms.MultipleChoiceField(
        label="Several", choices=[("de", "Germany"), ("fr", "France"), ("it", "Italy")], required=False
    )
    words = forms.CharField(label="Long text", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    switch = forms.BooleanField(
        label="Switch",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="On or off, at once.",
    )
    box = forms.BooleanField(label="Check box", required=False)
    locked = forms.CharField(label="Cannot be changed", disabled=True, initial="Locked", required=False)


class SampleJsonForm(forms.Form):
    """The editor for JSON, with a schema and something to compare with."""

    document = JsonTextField(
        label="JSON",
        schema={
            "type": "object",
            "properties": {
                "host": {"type": "string", "description": "Where the server is."},
                "port": {"type": "integer"},
                "encryption": {"type": "string", "enum": ["none", "starttls", "tls"]},
            },
            "required": ["host"],
            "additionalProperties": False,
        },
        default={"host": "smtp.example.com", "port": 587, "encryption": "starttls"},
        required=False,
    )


@needs(Permission.PEOPLE)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    if settings.PRODUCTION:
        raise Http404
    if "toast" in request.GET:
        messages.success(request, "The application was saved.")
        messages.error(request, "The message was not sent: Twilio does not know this account.")
    return render(request, "console/components/page.html", _context())


def _charts() -> list[tuple[str, charts.Chart, bool]]:
    """As bars, as lines and small: with nothing, with little, and with much to show."""
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(90)]
    waves = [round(400 + 300 * math.sin(number / 9) + 7 * number) for number in range(90)]
    made: list[tuple[str, charts.Chart, bool]] = []
    for state, count, numbers in (("empty", 30, [0] * 90), ("few", 7, [0, 1, 0, 3, 2, 0, 1]), ("many", 90, waves)):
        shown, values = days[:count], numbers[:count]
        made += [(f"Bars, {state}", _bars(f"bars-{state}", shown, values), False),
                 (f"Lines, {state}", _lines(f"lines-{state}", shown, values), False),
                 (f"Small, {state}", _bars(f"small-{state}", shown, values), True)]  # fmt: skip
    return made


def _bars(key: str, days: list[date], values: list[int]) -> charts.Chart:
    return charts.bars(key=key, title=f"New users ({key})", unit="new users", days=days, values=values)


def _lines(key: str, days: list[date], values: list[int]) -> charts.Chart:
    series = {"Monthly": [3 * value for value in values], "Weekly": [2 * value for value in values], "Daily": values}
    return charts.lines(key=key, title=f"Active users ({key})", days=days, series=series)


def _context() -> dict[str, Any]:
    return {
        "colours": COLOURS, "sizes": SIZES, "spaces": SPACES, "tones": TONES, "badges": BADGES,
        "form": SampleForm(initial={"text": "Bookstore", "number": 3, "switch": True}, prefix="good"),
        "wrong": SampleForm({"wrong-number": "0"}, prefix="wrong"),
        "json": SampleJsonForm(initial={"document": {"host": "mail.example.com", "port": 465}}, prefix="json"),
        "wrong_json": SampleJsonForm({"bad-document": '{\n  "prot": "465",\n}'}, prefix="bad"),
        "page": Paginator(range(95), 20).page(2),
        "charts": _charts(),
        "person": {"name": "Ada Lovelace", "display_name": "Ada Lovelace"},
        "nameless": {"display_name": "+49 170 1234567"},
    }  # fmt: skip
