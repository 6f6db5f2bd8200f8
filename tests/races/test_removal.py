"""Apps that go on asking for tokens do not hold up the end of an account, or their own."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from idp.applications.models import Application
from idp.signin import accounts
from idp.tokens.grants import delete_application
from idp.tokens.models import Grant
from idp.users.models import User
from tests.protocol.client import App

AtOnce = Callable[..., list[Any]]


@pytest.mark.parametrize("what", [User, Application])
def test_what_is_in_use_can_be_removed(
    at_once: AtOnce, app: App, signed_in: dict[str, Any], ada: User, what: type[User] | type[Application]
) -> None:
    newest = [signed_in["refresh_token"]]

    def ask_or_remove(number: int) -> set[int]:
        until, answers = time.monotonic() + 0.6, set()
        if number == 0:
            time.sleep(0.2)
            if what is User:
                accounts.delete(by="test", user=ada)
            else:
                delete_application(by="test", application=Application.objects.get(pk=app.client_id))
        while time.monotonic() < until and number:
            answer = app.refresh(newest[0])
            answers.add(answer.status_code)
            newest[0] = answer.json().get("refresh_token", newest[0])
        return answers

    answers = at_once(ask_or_remove, times=6)
    assert answers[0] == set()
    assert set().union(*answers) <= {200, 400, 503}, answers  # 503: lost against the removal, and may ask again
    assert not what.objects.filter(pk__in=[ada.pk, app.client_id]).exists()
    assert not Grant.objects.exists()
