"""The permission matrix: every role, a machine and nobody, at every endpoint of the Management API.

The table names each endpoint; a new one without a line here fails, and so does one that does not say what it needs.
"""

from typing import Any

import pytest
from django.test import Client

from idp.api.management.access import BearerAuth
from idp.api.management.site import ROUTERS
from idp.audit.models import Event
from idp.users.models import StaffRole, User
from tests.api.management.callers import Caller, administrator, refused, with_key

pytestmark = pytest.mark.django_db
OWNER, ADMIN, AUDITOR, SUPPORT = StaffRole
EVERYBODY = {OWNER, ADMIN, AUDITOR, SUPPORT}
LOOKING = {OWNER, ADMIN, AUDITOR}
HELPING = {OWNER, ADMIN, SUPPORT}
MANAGING = {OWNER, ADMIN}

# Written out, not computed from the endpoints: this is the promise.
MATRIX: dict[str, set[StaffRole]] = {
    "GET /users": EVERYBODY,
    "POST /users": MANAGING,
    "GET /users/{user_id}": EVERYBODY,
    "PATCH /users/{user_id}": MANAGING,
    "DELETE /users/{user_id}": MANAGING,
    "GET /users/{user_id}/custom-data": EVERYBODY,
    "PATCH /users/{user_id}/custom-data": MANAGING,
    "PATCH /users/{user_id}/profile": MANAGING,
    "PATCH /users/{user_id}/password": MANAGING,
    "POST /users/{user_id}/password/verify": MANAGING,
    "GET /users/{user_id}/has-password": EVERYBODY,
    "PATCH /users/{user_id}/is-suspended": HELPING,
}
OPERATIONS: dict[str, Any] = {
    f"{method} {prefix}{path}": operation
    for prefix, router in ROUTERS
    for path, view in router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
}
ABOUT_PEOPLE = [name for name in MATRIX if "/users/{user_id}" in name and not name.startswith("GET")]


def call(caller: Caller, name: str, user: User) -> Any:
    method, path = name.split(" ")
    address = path.replace("{user_id}", user.pk)
    for part in ("application_id", "resource_id", "role_id", "organization_id", "session_id", "grant_id", "log_id"):
        address = address.replace(f"{{{part}}}", "none")
    assert "{" not in address, address
    return caller(method.lower(), address, None if method == "GET" else {})


def test_every_endpoint_is_in_the_table_and_says_what_it_needs() -> None:
    assert set(OPERATIONS) == set(MATRIX)
    for name, operation in OPERATIONS.items():
        assert isinstance(operation.auth_param, BearerAuth), name


def test_those_that_change_somebody_say_so() -> None:
    assert [name for name in ABOUT_PEOPLE if not OPERATIONS[name].auth_param.person] == []


@pytest.mark.parametrize("role", list(StaffRole))
@pytest.mark.parametrize("name", list(MATRIX))
def test_a_role_gets_where_it_may_and_nowhere_else(name: str, role: StaffRole, ada: User) -> None:
    caller = with_key(administrator(role))
    events = Event.objects.count()
    answer = call(caller, name, ada)
    assert answer.status_code < 500, answer.content
    assert (answer.status_code == 403) is (role not in MATRIX[name]), (answer.status_code, answer.content)
    if answer.status_code == 403:
        refused(answer, 403, "auth.forbidden")
        assert Event.objects.count() == events


@pytest.mark.parametrize("name", list(MATRIX))
def test_machines_everywhere_and_nobody_nowhere(name: str, machine: Caller, ada: User) -> None:
    assert call(machine, name, ada).status_code not in (401, 403, 500)
    stranger = Caller("nobody")
    stranger.client = Client()
    refused(call(stranger, name, ada), 401, "auth.unauthorized")


@pytest.mark.parametrize("name", ABOUT_PEOPLE)
def test_an_administrator_is_changed_by_owners_only(name: str, machine: Caller) -> None:
    olga, ann = administrator(OWNER), administrator(ADMIN)
    before = User.objects.values().get(pk=olga.pk)
    for caller in (with_key(ann), machine):
        refused(call(caller, name, olga), 403, "auth.forbidden")
    assert User.objects.values().get(pk=olga.pk) == before
    assert call(with_key(olga), name, ann).status_code != 403
