"""What was just saved can be taken back, unless somebody changed it since or a secret was replaced."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from console.forms.security import PasswordsForm
from idp.audit.models import Event
from idp.messaging.models import Connector
from idp.signin.experience import update_experience
from idp.users.models import StaffRole, User
from tests.console.test_editing import PAGES, admin, filled, records, typed

__all__ = ["records"]
pytestmark = pytest.mark.django_db
USER = "/console/users/carl00000000"


def offered(text: str) -> tuple[str, dict[str, list[str]]] | None:
    """Where the button sends what."""
    form = re.search(r'<form method="post" action="([^"]+)" aria-label="Undo the change">(.*?)</form>', text, re.DOTALL)
    if form is None:
        return None
    data: dict[str, list[str]] = {"undo": ["on"]}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]):
        if name not in ("csrfmiddlewaretoken", "undo"):
            data.setdefault(name, []).append(unescape(value))
    return form[1], data


def save(client: Client, address: str, field: str, value: Any) -> str:
    answer = client.post(address, typed(filled(client.get(address)), field, value), follow=True)
    return str(answer.content.decode())


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"captcha"}))
def test_undo_puts_back_what_was(page: str) -> None:
    address, field, first, second, stored = PAGES[page]
    ada = admin("Ada")
    save(ada, address, field, first)
    text = save(ada, address, field, second)
    assert "The changes are saved." in text
    assert "Changed: " in text
    found = offered(text)
    assert found
    assert found[0] == address
    assert stored() == second
    events = Event.objects.count()
    answer = ada.post(found[0], found[1], follow=True)
    assert "Undone. Everything is as it was before." in answer.content.decode()
    assert stored() == first
    assert Event.objects.count() == events + 1
    assert offered(answer.content.decode()) is None
    assert offered(ada.get(address).content.decode()) is None  # it is offered once


def test_everything_on_a_page_comes_back() -> None:
    """Lists, boxes and JSON too: sent again as it is, the form changes nothing."""
    ada = admin("Ada")
    before = User.objects.values().get(pk="carl00000000")
    data = typed(filled(ada.get(USER)), "name", "Carl A") | {"profile": '{"givenName": "Carl"}', "username": "carla"}
    found = offered(ada.post(USER, data, follow=True).content.decode())
    assert found
    ada.post(*found)
    after = User.objects.values().get(pk="carl00000000")
    assert {name for name in before if before[name] != after[name]} <= {"updated_at"}


def test_somebody_else_was_faster() -> None:
    ada, grace = admin("Ada"), admin("Grace")
    found = offered(save(ada, USER, "name", "Carl A"))
    assert found
    save(grace, USER, "name", "Carl G")
    answer = ada.post(*found)
    assert answer.status_code == 409
    assert "Grace changed this while you had it open" in answer.content.decode()
    assert User.objects.get(pk="carl00000000").name == "Carl G"


def test_a_role_that_may_not_save_may_not_undo() -> None:
    found = offered(save(admin("Ada"), USER, "name", "Carl A"))
    assert found
    assert admin("Sue", role=StaffRole.SUPPORT).post(*found).status_code == 403
    assert User.objects.get(pk="carl00000000").name == "Carl A"


def test_a_secret_is_neither_kept_nor_shown() -> None:
    ada, address = admin("Ada"), "/console/connectors/sms1"
    found = offered(save(ada, address, "config-region", "ie1"))
    assert found
    assert "secret-one" not in str(found)
    text = save(ada, address, "config-authToken", "secret-two")
    assert "Changed: Auth Token. A secret that was replaced is not kept, so this cannot be undone." in text
    assert offered(text) is None
    assert Connector.objects.get(pk="sms1").config["authToken"] == "secret-two"
    assert ada.post(*found).status_code == 409  # the older toast in another window


def test_what_waits_in_the_session_is_encrypted() -> None:
    ada = admin("Ada")
    ada.post(USER, typed(filled(ada.get(USER)), "name", "Carl A") | {"custom_data": '{"note": "private"}'})
    ada.post(USER, typed(filled(ada.get(USER)), "name", "Carl B"))
    ada.post(USER, typed(filled(ada.get(USER)), "name", "Carl C"))
    assert "undo" in ada.session
    assert "private" not in str(dict(ada.session.items()))


def test_nothing_changed_and_nothing_to_undo() -> None:
    ada = admin("Ada")
    answer = ada.post(USER, filled(ada.get(USER)), follow=True).content.decode()
    assert "The changes are saved." in answer
    assert "Changed: " not in answer
    assert offered(answer) is None


def test_an_undo_that_is_dangerous_is_asked_about_too() -> None:
    ada, address = admin("Ada"), "/console/sign-in-experience"
    update_experience(by="test", sign_in_mode="SignIn")
    found = offered(save(ada, address, "new_accounts", "on"))
    assert found
    asked = ada.post(*found)
    assert "Creating an account" in asked.content.decode()
    assert ("undo", "on") in asked.context["typed"]


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_page_says_who_changed_it(page: str) -> None:
    address, field, first, _, _ = PAGES[page]
    ada = admin("Ada")
    save(ada, address, field, first)
    text = ada.get(address).content.decode()
    event = Event.objects.latest("pk")
    assert f'Changed by Ada, <a href="/console/activity/{event.pk}">' in text


def test_what_a_form_saves_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = admin("Ada")
    ada.get("/console/security")
    monkeypatch.setattr(PasswordsForm, "changes", lambda form: pytest.fail("it was filled in again"))
    save(ada, "/console/sign-in-experience/content", "support_email", "a@example.com")
    assert "Changed by" not in ada.get("/console/security").content.decode()


def test_only_changes_of_this_part_count() -> None:
    ada = admin("Ada")
    save(ada, "/console/sign-in-experience/content", "support_email", "a@example.com")
    for page in ("/console/mfa", "/console/security", "/console/sign-in-experience"):
        assert "Changed by" not in ada.get(page).content.decode()
