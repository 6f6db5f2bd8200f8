"""The editor of addresses: rows, and what is said about each, which is what saving says."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from console.forms.uri_rows import UriRowsField, note
from idp.applications import uris
from idp.applications.errors import InvalidUri
from idp.applications.services import create_application, update_application
from tests.console.people import staff_client

CASES = [  # field, kind, address, level, part of the sentence
    ("redirect_uris", "Native", "com.example.app://callback", "", ""),
    ("redirect_uris", "Native", "Com.Example.App://callback", "problem", "A scheme is lower case"),
    ("redirect_uris", "Native", "example://callback", "remark", "Another app may choose example:"),
    ("redirect_uris", "Native", "http://127.0.0.1/callback", "remark", "Any port of this computer"),
    ("redirect_uris", "Native", "https://app.example.com/callback", "remark", "App Links"),
    ("redirect_uris", "Web", "https://app.example.com/callback", "", ""),
    ("redirect_uris", "Web", "http://app.example.com/callback", "remark", "Not encrypted"),
    ("redirect_uris", "Web", "http://localhost:3000/callback", "remark", "good for development"),
    ("redirect_uris", "Web", "com.example.app://callback", "remark", "belongs to an app on a device"),
    ("redirect_uris", "Web", "https://*.example.com/callback", "problem", "Wildcards are not supported"),
    ("redirect_uris", "Web", "https://app.example.com/#done", "problem", "no fragment"),
    ("redirect_uris", "Web", "javascript:alert(1)", "problem", "would run or read something"),
    ("post_logout_redirect_uris", "Web", "app.example.com", "problem", "Give the whole URI"),
    ("allowed_origins", "Web", "https://app.example.com", "", ""),
    ("allowed_origins", "Web", "https://app.example.com/", "problem", "An origin is a scheme and a host"),
    ("allowed_origins", "Native", "capacitor://localhost", "", ""),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "kind", "uri", "level", "sentence"), CASES)
def test_typing_says_what_saving_says(field: str, kind: str, uri: str, level: str, sentence: str) -> None:
    answer = staff_client().get(reverse("console:uri-check", args=[kind, field]), {field: uri}).content.decode()
    assert ("field__error" in answer, "field__hint" in answer) == (level == "problem", level == "remark")
    assert sentence in answer
    app = create_application(by="test", name="App", type="Native" if kind == "Native" else "SPA")
    if level == "problem":
        with pytest.raises(InvalidUri, match=sentence):
            update_application(by="test", application=app, **{field: [uri]})
    else:
        update_application(by="test", application=app, **{field: [uri]})


@pytest.mark.django_db
def test_only_fields_of_addresses_are_checked() -> None:
    assert staff_client().get(reverse("console:uri-check", args=["Web", "name"])).status_code == 404


def test_nothing_is_said_of_an_empty_row() -> None:
    assert note("redirect_uris", "  ", is_native=True) == ("", "")


def test_a_refused_address_gets_no_remark() -> None:
    assert uris.remark("javascript:alert(1)", is_native=False) is None


def test_rows_and_lines_are_the_same_list() -> None:
    field = UriRowsField(placeholder="")
    rows = QueryDict("x=+https://a.example/+&x=&x=https://b.example/")
    assert field.clean(field.widget.value_from_datadict(rows, {}, "x")) == ["https://a.example/", "https://b.example/"]
    assert field.clean("https://a.example/\n\nhttps://b.example/") == ["https://a.example/", "https://b.example/"]


@pytest.mark.django_db
def test_nothing_typed_is_lost_and_the_wrong_row_says_why() -> None:
    app = create_application(by="test", name="App", type="SPA")
    typed = {"name": "App", "redirect_uris": ["https://a.example/", "https://*.example/", ""], "id_token_ttl": "600"}
    page = staff_client().post(reverse("console:application-detail", args=[app.pk]), typed).content.decode()
    assert page.count('name="redirect_uris" value="https://') == 2
    assert "Wildcards are not supported." in page


@pytest.mark.django_db
def test_the_origins_of_hybrid_apps_are_suggested_while_they_are_missing() -> None:
    staff, suggestion = staff_client(), "Add the origins of Capacitor and Ionic"
    native = create_application(by="test", name="App", type="Native", allowed_origins=["capacitor://localhost"])
    page = staff.get(reverse("console:application-detail", args=[native.pk])).content.decode()
    assert suggestion in page
    assert 'data-uri-suggest="https://localhost http://localhost ionic://localhost"' in page
    web = create_application(by="test", name="App", type="SPA")
    assert suggestion not in staff.get(reverse("console:application-detail", args=[web.pk])).content.decode()
