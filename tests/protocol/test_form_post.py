"""OAuth 2.0 Form Post Response Mode."""

import re

import pytest

from idp.applications.services import create_application
from idp.users.models import User
from tests.conftest import PASSWORD
from tests.protocol.client import App, query_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(ada: User) -> App:
    create_application(by="x", name="Web", type="SPA", client_id="web", redirect_uris=["https://web.example/cb?keep=1"])
    return App("web", "https://web.example/cb?keep=1")


def values_in(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def test_the_answer_is_a_form_to_the_exact_uri(web: App) -> None:
    page = web.authorize(response_mode="form_post")
    answer = web.follow(web.browser.post(page["Location"], {"identifier": "ada", "password": PASSWORD}))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'action="https://web.example/cb?keep=1"' in html
    assert values_in(html).keys() == {"code", "state", "iss"}
    assert "js/form-post.js" in html
    assert answer["Cache-Control"] == "no-store"


def test_errors_too(web: App) -> None:
    answer = web.authorize(response_mode="form_post", prompt="none", state='"><script>')
    values = values_in(answer.content.decode())
    assert values["error"] == "login_required"
    assert values["state"] == "&quot;&gt;&lt;script&gt;"


def test_an_apps_own_scheme_cannot_take_a_post(app: App) -> None:
    answer = app.authorize(response_mode="form_post")
    assert query_of(answer["Location"])["error"] == "invalid_request"
