"""The permission matrix: every role, a machine and nobody, at every endpoint of the Management API.

The table names each endpoint; a new one without a line here fails, and so does one that does not say what it needs.
"""

import re
from typing import Any

import pytest
from django.db import transaction

from idp.api.management.access import BearerAuth
from idp.api.management.site import ROUTERS
from idp.audit.models import Event
from idp.users.models import StaffRole, User
from tests.api.callers import refused
from tests.api.management.callers import Caller, administrator, with_key

pytestmark = pytest.mark.django_db
OWNER, ADMIN, AUDITOR, SUPPORT = StaffRole
EVERYBODY = {OWNER, ADMIN, AUDITOR, SUPPORT}
LOOKING = {OWNER, ADMIN, AUDITOR}
HELPING = {OWNER, ADMIN, SUPPORT}
MANAGING = {OWNER, ADMIN}
MACHINES: set[StaffRole] = set()
OPEN = {"GET /status"}

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
    "GET /users/{user_id}/roles": EVERYBODY,
    "POST /users/{user_id}/roles": MANAGING,
    "PUT /users/{user_id}/roles": MANAGING,
    "DELETE /users/{user_id}/roles/{role_id}": MANAGING,
    "GET /users/{user_id}/organizations": EVERYBODY,
    "GET /users/{user_id}/sessions": EVERYBODY,
    "GET /users/{user_id}/sessions/{session_id}": EVERYBODY,
    "DELETE /users/{user_id}/sessions/{session_id}": HELPING,
    "GET /users/{user_id}/grants": EVERYBODY,
    "DELETE /users/{user_id}/grants/{grant_id}": HELPING,
    "GET /users/{user_id}/mfa-verifications": EVERYBODY,
    "DELETE /users/{user_id}/mfa-verifications/{factor_id}": HELPING,
    "GET /users/{user_id}/trusted-devices": EVERYBODY,
    "DELETE /users/{user_id}/trusted-devices/{device_id}": HELPING,
    "GET /applications": LOOKING,
    "POST /applications": MANAGING,
    "GET /applications/{application_id}": LOOKING,
    "PATCH /applications/{application_id}": MANAGING,
    "DELETE /applications/{application_id}": MANAGING,
    "PATCH /applications/{application_id}/custom-data": MANAGING,
    "GET /applications/{application_id}/secrets": LOOKING,
    "POST /applications/{application_id}/secrets": MANAGING,
    "DELETE /applications/{application_id}/secrets/{name}": MANAGING,
    "GET /applications/{application_id}/roles": LOOKING,
    "POST /applications/{application_id}/roles": MANAGING,
    "PUT /applications/{application_id}/roles": MANAGING,
    "DELETE /applications/{application_id}/roles/{role_id}": MANAGING,
    "GET /applications/{application_id}/organizations": LOOKING,
    "GET /resources": LOOKING,
    "POST /resources": MANAGING,
    "GET /resources/{resource_id}": LOOKING,
    "PATCH /resources/{resource_id}": MANAGING,
    "DELETE /resources/{resource_id}": MANAGING,
    "PATCH /resources/{resource_id}/is-default": MANAGING,
    "GET /resources/{resource_id}/scopes": LOOKING,
    "POST /resources/{resource_id}/scopes": MANAGING,
    "PATCH /resources/{resource_id}/scopes/{scope_id}": MANAGING,
    "DELETE /resources/{resource_id}/scopes/{scope_id}": MANAGING,
    "GET /roles": LOOKING,
    "POST /roles": MANAGING,
    "GET /roles/{role_id}": LOOKING,
    "PATCH /roles/{role_id}": MANAGING,
    "DELETE /roles/{role_id}": MANAGING,
    "GET /roles/{role_id}/scopes": LOOKING,
    "POST /roles/{role_id}/scopes": MANAGING,
    "DELETE /roles/{role_id}/scopes/{scope_id}": MANAGING,
    "GET /roles/{role_id}/users": EVERYBODY,
    "POST /roles/{role_id}/users": MANAGING,
    "DELETE /roles/{role_id}/users/{user_id}": MANAGING,
    "GET /roles/{role_id}/applications": LOOKING,
    "POST /roles/{role_id}/applications": MANAGING,
    "DELETE /roles/{role_id}/applications/{application_id}": MANAGING,
    "GET /organizations": EVERYBODY,
    "POST /organizations": MANAGING,
    "GET /organizations/{organization_id}": EVERYBODY,
    "PATCH /organizations/{organization_id}": MANAGING,
    "DELETE /organizations/{organization_id}": MANAGING,
    "GET /organizations/{organization_id}/users": EVERYBODY,
    "POST /organizations/{organization_id}/users": MANAGING,
    "PUT /organizations/{organization_id}/users": MANAGING,
    "DELETE /organizations/{organization_id}/users/{user_id}": MANAGING,
    "POST /organizations/{organization_id}/users/roles": MANAGING,
    "GET /organizations/{organization_id}/users/{user_id}/roles": EVERYBODY,
    "POST /organizations/{organization_id}/users/{user_id}/roles": MANAGING,
    "PUT /organizations/{organization_id}/users/{user_id}/roles": MANAGING,
    "DELETE /organizations/{organization_id}/users/{user_id}/roles/{role_id}": MANAGING,
    "GET /organizations/{organization_id}/users/{user_id}/scopes": EVERYBODY,
    "GET /organizations/{organization_id}/applications": LOOKING,
    "POST /organizations/{organization_id}/applications": MANAGING,
    "PUT /organizations/{organization_id}/applications": MANAGING,
    "DELETE /organizations/{organization_id}/applications/{application_id}": MANAGING,
    "POST /organizations/{organization_id}/applications/roles": MANAGING,
    "GET /organizations/{organization_id}/applications/{application_id}/roles": LOOKING,
    "POST /organizations/{organization_id}/applications/{application_id}/roles": MANAGING,
    "PUT /organizations/{organization_id}/applications/{application_id}/roles": MANAGING,
    "DELETE /organizations/{organization_id}/applications/{application_id}/roles/{role_id}": MANAGING,
    "GET /organization-roles": LOOKING,
    "POST /organization-roles": MANAGING,
    "GET /organization-roles/{role_id}": LOOKING,
    "PATCH /organization-roles/{role_id}": MANAGING,
    "DELETE /organization-roles/{role_id}": MANAGING,
    "GET /organization-roles/{role_id}/scopes": LOOKING,
    "POST /organization-roles/{role_id}/scopes": MANAGING,
    "PUT /organization-roles/{role_id}/scopes": MANAGING,
    "DELETE /organization-roles/{role_id}/scopes/{scope_id}": MANAGING,
    "GET /organization-roles/{role_id}/resource-scopes": LOOKING,
    "POST /organization-roles/{role_id}/resource-scopes": MANAGING,
    "PUT /organization-roles/{role_id}/resource-scopes": MANAGING,
    "DELETE /organization-roles/{role_id}/resource-scopes/{scope_id}": MANAGING,
    "GET /organization-scopes": LOOKING,
    "POST /organization-scopes": MANAGING,
    "GET /organization-scopes/{scope_id}": LOOKING,
    "PATCH /organization-scopes/{scope_id}": MANAGING,
    "DELETE /organization-scopes/{scope_id}": MANAGING,
    "GET /logs": EVERYBODY,
    "GET /logs/{log_id}": EVERYBODY,
    "GET /dashboard/users/total": EVERYBODY,
    "GET /dashboard/users/new": EVERYBODY,
    "GET /dashboard/users/active": EVERYBODY,
    "GET /sign-in-exp": LOOKING,
    "PATCH /sign-in-exp": MANAGING,
    "POST /subject-tokens": MACHINES,
    "GET /one-time-tokens": EVERYBODY,
    "POST /one-time-tokens": HELPING,
    "POST /one-time-tokens/verify": HELPING,
    "GET /one-time-tokens/{token_id}": EVERYBODY,
    "PUT /one-time-tokens/{token_id}/status": HELPING,
}
OPERATIONS: dict[str, Any] = {
    f"{method} {prefix}{path}": operation
    for prefix, router in ROUTERS
    for path, view in router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
}
# Membership of an organization says nothing about who somebody is, and is not a way into their account.
ABOUT_PEOPLE = [
    name
    for name in MATRIX
    if "{user_id}" in name and not name.startswith("GET") and "/organizations/{organization_id}" not in name
]


def call(caller: Caller, name: str, user: User) -> Any:
    method, path = name.split(" ")
    address = re.sub(r"\{\w+\}", "none", path.replace("{user_id}", user.pk))
    return caller(method.lower(), address, None if method == "GET" else {})


def test_every_endpoint_is_in_the_table_and_says_what_it_needs() -> None:
    assert set(OPERATIONS) == set(MATRIX) | OPEN
    for name, operation in OPERATIONS.items():
        assert (operation.auth_param is None) if name in OPEN else isinstance(operation.auth_param, BearerAuth), name


def test_those_that_change_somebody_say_so() -> None:
    assert [name for name in ABOUT_PEOPLE if not OPERATIONS[name].auth_param.person] == []


def tried(caller: Caller, name: str, user: User) -> Any:
    """As `call`; nothing of it stays."""
    with transaction.atomic():
        answer = call(caller, name, user)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_role_gets_where_it_may_and_nowhere_else(role: StaffRole, ada: User) -> None:
    caller = with_key(administrator(role))
    events = Event.objects.count()
    answers = {name: tried(caller, name, ada) for name in MATRIX}
    assert {name for name, answer in answers.items() if answer.status_code != 403} == {
        name for name, roles in MATRIX.items() if role in roles
    }
    for name, answer in answers.items():
        assert answer.status_code < 500, name
        if answer.status_code == 403:
            refused(answer, 403, "auth.forbidden")
            call(caller, name, ada)
    assert Event.objects.count() == events  # those that were refused left nothing


def test_machines_everywhere_and_nobody_nowhere(machine: Caller, ada: User) -> None:
    stranger = Caller("nobody")
    for name in MATRIX:
        assert tried(machine, name, ada).status_code not in (401, 403, 500), name
        refused(call(stranger, name, ada), 401, "auth.unauthorized")


def test_an_administrator_is_changed_by_owners_only(machine: Caller) -> None:
    olga, ann = administrator(OWNER), administrator(ADMIN)
    before = User.objects.values().get(pk=olga.pk)
    by_admin, by_owner = with_key(ann), with_key(olga)
    for name in ABOUT_PEOPLE:
        for caller in (by_admin, machine):
            refused(call(caller, name, olga), 403, "auth.forbidden")
        assert tried(by_owner, name, ann).status_code != 403, name
    assert User.objects.values().get(pk=olga.pk) == before
