"""Where the focus goes in a form, as Renderer draws it."""

import re

from django import forms


class Form(forms.Form):
    first = forms.CharField(widget=forms.TextInput(attrs={"autofocus": True}))
    second = forms.IntegerField()
    third = forms.IntegerField()


def focused(form: forms.Form) -> list[str]:
    return re.findall(r'name="(\w+)"[^>]* autofocus', str(form))


def test_a_new_page_begins_where_the_form_says() -> None:
    assert focused(Form()) == ["first"]
    assert focused(Form({"first": "a", "second": "2", "third": "3"})) == ["first"]


def test_a_refused_one_begins_at_the_first_wrong_field() -> None:
    assert focused(Form({"first": "a", "second": "x", "third": "y"})) == ["second"]
    assert focused(Form({"first": "", "second": "x", "third": "3"})) == ["first"]


def test_what_is_wrong_with_the_whole_form_moves_nothing() -> None:
    form = Form({"first": "a", "second": "2", "third": "3"})
    form.add_error(None, "Not today.")
    assert focused(form) == ["first"]
