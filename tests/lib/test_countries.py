"""The list of countries beside a phone number."""

import pytest
from django import forms
from django.utils import translation

from idp.lib import countries
from idp.lib.forms import CountryField


class Form(forms.Form):
    country = CountryField()


def test_one_is_selected_and_the_attributes_are_those_of_a_field() -> None:
    html = str(Form(initial={"country": "DE"})["country"])
    assert html.startswith('<select id="id_country" name="country"><option value=')
    assert html.count(" selected") == 1
    assert '<option value="DE" selected>Germany (+49)</option>' in html


def test_names_are_those_of_the_language_and_in_its_order() -> None:
    with translation.override("de"):
        html = countries.options(selected="")
    assert '<option value="DE">Deutschland (+49)</option>' in html
    assert " selected" not in html
    assert "Germany" in countries.options(selected="")


@pytest.mark.parametrize("posted", ['"><script>', "de", "XX"])
def test_what_is_no_country_is_refused_and_shown_nowhere(posted: str) -> None:
    form = Form({"country": posted})
    assert not form.is_valid()
    assert form.errors["country"].as_data()[0].code == "invalid_choice"
    assert f'value="{posted}"' not in str(form["country"])
    assert " selected" not in str(form["country"])


@pytest.mark.parametrize("posted", [{}, {"country": ""}, {"country": "US"}])
def test_a_country_or_none(posted: dict[str, str]) -> None:
    form = Form(posted)
    assert form.is_valid()
    assert form.cleaned_data["country"] == posted.get("country", "")
