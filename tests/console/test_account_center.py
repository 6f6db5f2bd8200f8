"""Account centre, content and profile fields in the console."""

from typing import Any

import pytest
from django.test import Client

from idp.signin.models import AccountCenter, SignInExperience
from idp.users.models import ProfileField
from idp.users.profile_fields import create_field
from tests.console.people import staff_client

pytestmark = pytest.mark.django_db
URL = "/console/sign-in-experience"


@pytest.fixture
def client(db: None) -> Client:
    return staff_client()


class TestAccountCenter:
    def test_saved(self, client: Client) -> None:
        values = dict.fromkeys(AccountCenter.FIELDS, "Edit") | {
            "enabled": "on", "email": "ReadOnly", "session": "Off", "delete_account_url": "https://shop.example/leave",
            "webauthn_related_origins": "https://shop.example\nhttps://help.example",
        }  # fmt: skip
        assert client.post(f"{URL}/account-center", values).status_code == 302
        center = AccountCenter.load()
        assert (center.enabled, center.access("email"), center.access("session"), center.access("name")) == (
            True, "ReadOnly", "Off", "Edit",
        )  # fmt: skip
        assert center.webauthn_related_origins == ["https://shop.example", "https://help.example"]
        assert 'value="ReadOnly" selected' in client.get(f"{URL}/account-center").content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"delete_account_url": "javascript:x"},
            {"webauthn_related_origins": "https://a.example/path"},
            {"email": "Maybe"},
        ],
    )
    def test_refused(self, client: Client, wrong: dict[str, str]) -> None:
        values = dict.fromkeys(AccountCenter.FIELDS, "Edit") | {"enabled": "on"} | wrong
        answer = client.post(f"{URL}/account-center", values)
        assert answer.status_code == 200
        assert "Please check what you entered" in answer.content.decode()
        assert not AccountCenter.objects.exists()


class TestContent:
    def test_saved(self, client: Client) -> None:
        values = {
            "terms_of_use_url": "https://shop.example/terms", "agree_to_terms_policy": "Manual",
            "support_email": "help@shop.example", "privacy_policy_url": "",
        }  # fmt: skip
        assert client.post(f"{URL}/content", values).status_code == 302
        experience = SignInExperience.load()
        assert (experience.terms, experience.must_tick_terms("SignIn")) == (
            {"termsOfUseUrl": "https://shop.example/terms"},
            True,
        )
        assert experience.privacy_policy_url is None

    def test_refused(self, client: Client) -> None:
        answer = client.post(f"{URL}/content", {"terms_of_use_url": "ftp://x", "agree_to_terms_policy": "Manual"})
        assert "begins with https://" in answer.content.decode()


def values(**changes: Any) -> dict[str, Any]:
    return {"type": "Text", "name": "company", "label": "Company", "translations": "de = Firma", **changes}


class TestProfileFields:
    def test_created_changed_and_deleted(self, client: Client) -> None:
        assert "Nothing is asked" in client.get(f"{URL}/profile").content.decode()
        options = "s = Small\nl"
        answer = client.post(f"{URL}/profile/new", values(type="Select", name="size", required="on", options=options))
        assert answer.status_code == 302, answer.content.decode()
        field = ProfileField.objects.get()
        assert (field.type, field.required, field.labels, field.config) == (
            "Select", True, {"de": "Firma"},
            {"options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "l"}]},
        )  # fmt: skip
        page = client.get(f"{URL}/profile/size").content.decode()
        assert "s = Small" in page
        client.post(f"{URL}/profile/size", values(label="Size of shirt", options="m", type="Text"))
        field.refresh_from_db()
        assert (field.label, field.type, field.config) == (
            "Size of shirt",
            "Select",
            {"options": [{"value": "m", "label": "m"}]},
        )
        client.post(f"{URL}/profile/size/delete")
        assert not ProfileField.objects.exists()

    def test_what_the_form_does_not_show_stays(self, client: Client) -> None:
        parts = [{"name": "familyName", "required": True}, {"name": "givenName", "required": False}]
        create_field(by="test", name="fullname", type="Fullname", label="Name", config={"parts": parts})
        create_field(
            by="test", name="company", type="Text", label="Company", config={"defaultValue": "Acme", "minLength": 2}
        )
        client.post(f"{URL}/profile/fullname", values(label="Your name", name_parts=["middleName", "familyName"]))
        client.post(f"{URL}/profile/company", values(label="Firm", min_length="3"))
        configs = {field.pk: field.config for field in ProfileField.objects.all()}
        assert configs == {
            "fullname": {
                "parts": [{"name": "middleName", "required": False}, {"name": "familyName", "required": True}]
            },
            "company": {"defaultValue": "Acme", "minLength": 3},
        }

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"name": "1st"}, "beginning with a letter"),
            ({"name": "address"}, "nothing else is"),
            ({"type": "Address", "name": "home"}, "nothing else is"),
            ({"type": "Select"}, "Give the choices"),
            ({"type": "Regex", "pattern": "("}, "not a regular expression"),
            ({"type": "Date", "date_format": "custom", "custom_format": "dd.MM"}, "yyyy, MM and dd"),
            ({"min_length": "9", "max_length": "3"}, "The least is more"),
            ({"name": "taken"}, "There is a field of this name"),
        ],
    )
    def test_refused(self, client: Client, changes: dict[str, str], sentence: str) -> None:
        create_field(by="test", name="taken", type="Text", label="Taken")
        assert sentence in client.post(f"{URL}/profile/new", values(**changes)).content.decode()
        assert ProfileField.objects.count() == 1

    def test_moved(self, client: Client) -> None:
        for name in ("a", "b", "c"):
            create_field(by="test", name=name, type="Text", label=name)
        client.post(f"{URL}/profile/c/move/up")
        assert [field.pk for field in ProfileField.objects.all()] == ["a", "c", "b"]
        client.post(f"{URL}/profile/a/move/up")
        client.post(f"{URL}/profile/a/move/down")
        assert [field.pk for field in ProfileField.objects.all()] == ["c", "a", "b"]
        answer = client.post(f"{URL}/profile/b/move/up", {"places": "2"}, follow=True)
        assert [field.pk for field in ProfileField.objects.all()] == ["b", "c", "a"]
        assert "It is number 1 of 3 now." in answer.content.decode()
