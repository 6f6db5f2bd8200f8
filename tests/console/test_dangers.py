"""What is dangerous about the sign-in experience is asked about once more, with who feels it."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from console.dangers import dangers_of
from idp.audit.models import Event
from idp.signin import reach
from idp.signin.experience import update_experience, with_changes
from idp.signin.models import SignInExperience
from idp.users.models import User
from idp.users.services import create_user
from tests.console.people import staff_client
from tests.console.test_experience import form
from tests.console.test_mfa import AS_IT_IS
from tests.mfa.helpers import with_totp

pytestmark = pytest.mark.django_db
URL = "/console/sign-in-experience"
PHONE_ONLY = {"username-enabled": "", "create_password": ""}


@pytest.fixture
def client(db: Any) -> Client:
    return staff_client()


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def phone_only() -> dict[str, Any]:
    return form("phone", "phone-enabled", "phone-code", **PHONE_ONLY)


def hidden(response: Any) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode())
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_nobody_is_asked_when_nobody_is_shut_out(client: Client) -> None:
    create_user(by="test", username="grace", phone="15550001111")
    assert client.post(URL, phone_only()).status_code == 302


def test_whoever_has_no_other_way_is_counted(client: Client) -> None:
    create_user(by="test", username="grace", password="correct horse 1")
    create_user(by="test", username="carl", password="correct horse 1", phone="15550001111")
    create_user(by="test", username="joan")  # without a password a username was no way before either
    asked = client.post(URL, phone_only() | {"version": "1."})
    assert asked.status_code == 200
    text = text_of(asked)
    assert "Sign in with username" in text
    assert "Now: <strong>password</strong>. After: <strong>not a way to sign in</strong>." in text
    assert "1 person could sign in until now and have no other way." in text
    assert SignInExperience.load().method_for("username")
    assert not Event.objects.filter(key="sign_in_experience.updated").exists()
    typed = hidden(asked)
    assert typed == phone_only() | {"version": "1."}

    back = client.post(URL, typed | {"back": "on"})
    assert 'data-unsaved="dirty"' in back.content.decode()
    assert back.context["form"].rows[0]["order"].value() is not None
    assert SignInExperience.load().method_for("username")

    assert client.post(URL, typed | {"confirmed": asked.context["answer"]}).status_code == 302
    assert SignInExperience.load().method_for("username") is None


def test_an_answer_is_to_what_was_asked(client: Client) -> None:
    create_user(by="test", username="grace", password="correct horse 1")
    asked = client.post(URL, phone_only())
    more = client.post(URL, phone_only() | {"new_accounts": "", "confirmed": asked.context["answer"]})
    assert "Creating an account" in text_of(more)
    assert SignInExperience.load().allows_sign_up


def test_what_is_wrong_is_said_before_anything_is_asked(client: Client) -> None:
    data = form("username", **{"username-password": "", "new_accounts": ""})
    assert "Is this what you want?" not in text_of(client.post(URL, data))


def test_a_conflict_is_told_before_anything_is_asked(client: Client) -> None:
    version = re.search(r'name="version" value="([^"]+)"', client.get(URL).content.decode())
    assert version
    data = form(new_accounts="") | {"version": version[1]}
    update_experience(by="user:other", sign_up={"identifiers": ["username"], "password": True, "verify": False,
                      "secondaryIdentifiers": [{"identifier": "email", "verify": True}]})  # fmt: skip
    assert client.post(URL, data).status_code == 409


def test_second_factors(client: Client) -> None:
    update_experience(by="test", mfa={"factors": ["Totp"], "policy": "NoPrompt"})
    with_totp(create_user(by="test", username="grace"))
    asked = text_of(client.post("/console/mfa", {"policy": "NoPrompt", **AS_IT_IS}))
    assert "1 person set it up. It is not asked for any more" in asked
    assert "off for everybody" in asked
    asked = text_of(client.post("/console/mfa", {"policy": "Mandatory", "totp": "on", **AS_IT_IS}))
    assert "Whoever has no second factor must set one up" in asked


def test_passwords_begin_to_expire() -> None:
    stored = SignInExperience.load()
    after = with_changes(stored, {"password_expiration": {"enabled": True, "validPeriodDays": 90}})
    [danger] = dangers_of(stored, after)
    assert danger.after == "expire after 90 days"
    assert dangers_of(after, after) == []


def test_of_very_many_only_the_newest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = SignInExperience()
    after = with_changes(stored, {"sign_in": {"methods": [
        {"identifier": "phone", "password": True, "verificationCode": False, "isPasswordPrimary": True},
        {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True},
    ]}})  # fmt: skip
    for number in range(4):
        create_user(by="test", username=f"user{number}", password="correct horse 1")
    assert reach.shut_out(stored, after) == reach.Reach(0)
    gone = with_changes(stored, {"sign_in": {"methods": after.methods[:1]}, "sign_in_mode": "SignIn"})
    assert str(reach.shut_out(stored, gone)) == "4 people"
    monkeypatch.setattr(reach, "NEWEST", 2)
    assert str(reach.shut_out(stored, gone)) == "2 people of the newest 2"
    monkeypatch.setattr(reach, "CAP", 1)
    assert str(reach.shut_out(stored, gone)) == "More than 1 people"
    User.objects.all().update(primary_phone=None, username=None, primary_email=None)
    assert str(reach.shut_out(stored, gone)) == "None of the newest 2"
