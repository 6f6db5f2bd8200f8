"""Before a few things an administrator who signed in a while ago proves once more who they are."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from idp.applications.services import create_application
from idp.audit.models import Event
from idp.authorization import management
from idp.authorization.models import ApplicationRole, Role, UserRole
from idp.mfa import services as mfa
from idp.mfa import totp
from idp.mfa.administrators import is_factor_required, require_factor
from idp.signin.experience import update_experience
from idp.users.models import StaffRole, User
from idp.users.services import create_administrator, create_user
from tests.console.people import PASSWORD, administrator
from tests.console.test_permissions import PATTERNS

pytestmark = pytest.mark.django_db
ASKED = "Confirm that it is you"
SWITCH = "/console/administrators/second-factor"


@pytest.fixture
def ada() -> User:
    return administrator()


@pytest.fixture
def grace(ada: User) -> User:
    return create_administrator(by="test", username="grace", name="Grace", password=PASSWORD, role=StaffRole.SUPPORT)


@pytest.fixture
def later(client: Client, ada: User) -> Iterator[Client]:
    """A browser in which Ada signed in 16 minutes ago."""
    client.force_login(ada)
    with time_machine.travel(time.time() + 16 * 60):
        yield client


def role_of(user: User) -> str:
    return User.objects.get(pk=user.pk).staff_role


def sent(answer: Any, **more: str) -> dict[str, Any]:
    """What the page that asks sends when it is filled in."""
    data: dict[str, Any] = {"proof-back": answer.context["back"], **more}
    for name, value in answer.context["typed"]:
        data.setdefault(name, []).append(value)
    return data


def test_what_asks() -> None:
    assert {name for name, pattern in PATTERNS.items() if getattr(pattern.callback, "is_proven", False)} == {
        "administrator-invite", "administrator-invitation-renew", "administrator-role", "administrator-remove",
        "administrator-second-factor", "mfa", "signing-key-rotate", "signing-key-delete", "user-impersonate", "account-key-create",
        "application-roles", "role-permissions", "role-holder-add",
    }  # fmt: skip


def test_within_15_minutes_nobody_is_asked(client: Client, ada: User, grace: User) -> None:
    client.force_login(ada)
    with time_machine.travel(time.time() + 14 * 60):
        client.post(f"/console/administrators/{grace.pk}/role", {"role": "auditor"})
    assert role_of(grace) == "auditor"


def test_the_password_goes_on_with_what_was_posted(later: Client, grace: User) -> None:
    address = f"/console/administrators/{grace.pk}/role"
    came_from = f"http://testserver{address}"
    assert ASKED not in later.get(address).content.decode()
    asked = later.post(address, {"role": "auditor"}, headers={"referer": came_from})
    assert ASKED in asked.content.decode()
    assert f'href="{came_from}">Cancel' in asked.content.decode()
    assert role_of(grace) == "support"

    wrong = later.post(address, sent(asked, **{"proof-password": "wrong horse"}))
    assert wrong.status_code == 401
    assert "This is not your password." in wrong.content.decode()
    assert f'href="{came_from}">Cancel' in wrong.content.decode()
    assert "wrong horse" not in wrong.content.decode()
    assert role_of(grace) == "support"

    done = later.post(address, sent(wrong, **{"proof-password": PASSWORD}), follow=True)
    assert "Grace is Read-only now." in done.content.decode()
    keys = Event.objects.order_by("-pk").values_list("key", flat=True)[:3]
    assert list(keys) == ["administrator.role_changed", "administrator.proven", "administrator.not_proven"]
    assert "is Support now" in later.post(address, {"role": "support"}, follow=True).content.decode()  # not asked again


def test_a_code_where_there_is_an_app(client: Client, ada: User) -> None:
    secret = totp.new_secret()
    mfa.confirm_totp(by="test", user=ada, secret=secret, step=1)
    require_factor(by=ada, required=True)
    client.force_login(ada)
    with time_machine.travel(time.time() + 16 * 60):
        asked = client.post(SWITCH, {"required": "no"})
        assert client.post(SWITCH, sent(asked, **{"proof-password": PASSWORD})).status_code == 200
        assert is_factor_required()
        assert client.post(SWITCH, sent(asked, **{"proof-code": "000000"})).status_code == 401
        assert is_factor_required()
        code = totp.code_at(secret, int(time.time()) // totp.STEP)
        assert client.post(SWITCH, sent(asked, **{"proof-code": code})).status_code == 302
    assert not is_factor_required()


def test_guessing_is_stopped(later: Client, grace: User) -> None:
    address = f"/console/administrators/{grace.pk}/remove"
    asked = later.post(address)
    for _ in range(10):
        assert later.post(address, sent(asked, **{"proof-password": "wrong"})).status_code == 401
    last = later.post(address, sent(asked, **{"proof-password": PASSWORD}))
    assert last.status_code == 429
    assert "Too many wrong tries." in last.content.decode()
    assert role_of(grace) == "support"


def test_the_proof_goes_no_further_than_here(later: Client) -> None:
    """The page that asks about a dangerous change carries what was posted."""
    update_experience(by="test", mfa={"factors": ["Totp"], "policy": "PromptAtSignInAndSignUp"})
    form = later.get("/console/mfa").context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    asked = later.post("/console/mfa", data | {"policy": "Mandatory"})
    assert ASKED in asked.content.decode()
    confirm = later.post("/console/mfa", sent(asked, **{"proof-password": PASSWORD}))
    assert "Is this what you want?" in confirm.content.decode()
    assert not [name for name, _ in confirm.context["typed"] if name.startswith("proof")]
    again = later.post(
        "/console/mfa", sent(asked, **{"proof-password": PASSWORD})
    )  # proven by now, from another window
    assert not [name for name, _ in again.context["typed"] if name.startswith("proof")]


def test_a_part_of_a_page_is_told_to_become_the_page_that_asks(later: Client, grace: User) -> None:
    answer = later.post(f"/console/administrators/{grace.pk}/remove", headers={"hx-request": "true"})
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("body", "innerHTML")
    assert ASKED in answer.content.decode()


def test_cancel_leads_to_our_own_pages_only(later: Client) -> None:
    answer = later.post(SWITCH, {"required": "no"}, headers={"referer": "https://evil.example/"})
    assert 'href="/console/get-started">Cancel' in answer.content.decode()


def test_a_clock_that_was_put_back_asks(client: Client, ada: User) -> None:
    client.force_login(ada)
    with time_machine.travel(time.time() - 3600):
        assert ASKED in client.post(SWITCH, {"required": "no"}).content.decode()


def test_acting_as_a_person_asks(later: Client) -> None:
    carl = create_user(by="test", username="carl")
    asked = later.post(
        f"/console/users/{carl.pk}/impersonate", {"reason": "They see an empty page", "application": "web"}
    )
    assert ("reason", "They see an empty page") in asked.context["typed"]


def test_a_machine_is_not_made_an_administrator_by_an_open_browser(later: Client, grace: User) -> None:
    create_application(by="test", name="Robot", type="MachineToMachine", client_id="robot", with_secret=False)
    powerful, harmless = Role.objects.get(name=management.ROLE), Role.objects.create(name="Reader")
    for address, data in (
        ("applications/robot/roles", {"roles": powerful.pk}),
        (f"roles/{powerful.pk}/holders/add", {"who": "robot"}),
        (f"roles/{powerful.pk}/permissions", {}),
    ):
        assert ASKED in later.post(f"/console/{address}", data).content.decode()
    assert not ApplicationRole.objects.exists()
    assert powerful.permissions.exists()
    later.post(f"/console/roles/{harmless.pk}/holders/add", {"who": grace.pk})
    assert UserRole.objects.get().user == grace
