"""Who may call the Management API: machines by access tokens, administrators by API keys."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from idp.applications import clients
from idp.applications.models import Application
from idp.applications.services import create_application, create_secret, delete_application
from idp.audit.models import Event
from idp.authorization import management, roles
from idp.authorization.models import MANAGEMENT_API, Role
from idp.mfa.models import TotpDevice
from idp.users import api_keys, staff
from idp.users.models import ApiKey, Installation, StaffRole, User
from idp.users.services import set_suspended
from tests.api.callers import refused
from tests.api.management.callers import Caller, administrator, machine_token, with_key
from tests.protocol.client import App

pytestmark = pytest.mark.django_db
OWNER, ADMIN, AUDITOR, SUPPORT = StaffRole


class TestMachines:
    def test_from_the_token_endpoint_to_the_list_of_people(self, ada: User) -> None:
        management.ensure()
        application = create_application(by="test", name="Job", type="MachineToMachine", client_id="job")
        create_secret(by="test", application=application, name="one", value="m" * 32)
        job = App("job", "", secret="m" * 32)
        body = {"grant_type": "client_credentials", "resource": MANAGEMENT_API, "scope": "all"}
        refused(Caller(job.token(**body).json()["access_token"])("get", "/users"), 403, "auth.forbidden")
        roles.give_to_applications(by="test", role=Role.objects.get(name=management.ROLE), applications=[application])
        answer = job.token(**body).json()
        assert (answer["scope"], answer["expires_in"]) == ("all", 3600)
        assert [one["id"] for one in Caller(answer["access_token"]).ok("get", "/users")] == [ada.pk]

    @pytest.mark.parametrize(
        ("header", "code"),
        [
            ("", "auth.authorization_header_missing"),
            ("Basic YTpi", "auth.authorization_token_type_not_supported"),
            ("Bearer nothing", "auth.unauthorized"),
            ("Bearer a.b.c", "auth.unauthorized"),
            ("Bearer lk_nothing", "auth.unauthorized"),
        ],
    )
    def test_without_a_good_token(self, client: Client, header: str, code: str) -> None:
        refused(client.get("/api/users", headers={"Authorization": header} if header else {}), 401, code)

    @pytest.mark.parametrize(
        ("claims", "status", "code"),
        [
            ({"aud": "https://api.example.com"}, 401, "auth.unauthorized"),
            ({"exp": 1}, 401, "auth.unauthorized"),
            ({"iss": "https://elsewhere.example"}, 401, "auth.unauthorized"),
            ({"typ": "JWT"}, 401, "auth.unauthorized"),
            ({"sub": ""}, 401, "auth.jwt_sub_missing"),
            ({"scope": "read:books"}, 403, "auth.forbidden"),
            ({"scope": "almost-all"}, 403, "auth.forbidden"),
            ({"sub": "somebody"}, 403, "auth.forbidden"),
        ],
    )
    def test_a_token_for_something_else(
        self, robot: Application, claims: dict[str, Any], status: int, code: str
    ) -> None:
        refused(Caller(machine_token(robot, **claims))("get", "/users"), status, code)

    def test_a_token_of_others(self, robot: Application) -> None:
        head, payload, signature = machine_token(robot).split(".")
        refused(Caller(f"{head}.{payload}.{signature[::-1]}")("get", "/users"), 401, "auth.unauthorized")

    def test_an_opaque_token(self, signed_in: dict[str, Any]) -> None:
        refused(Caller(signed_in["access_token"])("get", "/users"), 401, "auth.unauthorized")

    def test_an_application_that_is_gone(self, machine: Caller, robot: Application) -> None:
        machine.ok("get", "/users")
        delete_application(by="test", application=robot)
        clients._clients.clear()
        refused(machine("get", "/users"), 401, "auth.unauthorized")

    def test_the_log_names_the_machine(self, machine: Caller, ada: User) -> None:
        machine.ok("patch", f"/users/{ada.pk}", {"name": "Ada"})
        event = Event.objects.get(key="user.updated")
        assert (event.actor, event.data) == ("application:robot", {"fields": ["name"]})

    def test_an_administrator_is_not_for_machines_to_change(self, machine: Caller) -> None:
        olga = administrator(OWNER)
        refused(machine("patch", f"/users/{olga.pk}/password", {"password": "x" * 12}), 403, "auth.forbidden")
        assert machine.ok("get", f"/users/{olga.pk}")["username"] == "a_owner"


class TestApiKeys:
    def test_acts_as_its_administrator(self, ada: User) -> None:
        olga = administrator(ADMIN)
        caller = with_key(olga)
        caller.ok("patch", f"/users/{ada.pk}", {"name": "Ada"})
        key = ApiKey.objects.get()
        event = Event.objects.get(key="user.updated")
        assert (event.actor, event.data) == (olga.audit_name, {"fields": ["name"], "api_key": key.pk})
        administrator(AUDITOR)
        assert "api_key" not in Event.objects.latest("pk").data  # nothing of the key is left when the request is over

    def test_with_the_role_of_this_moment(self, ada: User) -> None:
        olga = administrator(AUDITOR)
        administrator(OWNER)
        caller = with_key(olga)
        caller.ok("get", "/users")
        refused(caller("patch", f"/users/{ada.pk}", {"name": "Ada"}), 403, "auth.forbidden")
        staff.set_role(by="test", user=olga, role=StaffRole(ADMIN))
        caller.ok("patch", f"/users/{ada.pk}", {"name": "Ada"})

    def test_an_owner_alone_changes_administrators(self) -> None:
        ann, olga = administrator(ADMIN), administrator(OWNER)
        refused(with_key(ann)("patch", f"/users/{olga.pk}", {"name": "Eve"}), 403, "auth.forbidden")
        with_key(olga).ok("patch", f"/users/{ann.pk}", {"name": "Ann"})
        assert list(User.objects.exclude(name=None).values_list("name", flat=True)) == ["Ann"]

    def test_stops_with_the_administrator(self) -> None:
        administrator(OWNER)
        olga = administrator(ADMIN)
        caller = with_key(olga)
        set_suspended(by="test", user=olga, suspended=True)
        refused(caller("get", "/users"), 401, "auth.unauthorized")
        set_suspended(by="test", user=olga, suspended=False)
        caller.ok("get", "/users")
        staff.remove_access(by="test", user=olga)
        assert not ApiKey.objects.exists()
        refused(caller("get", "/users"), 401, "auth.unauthorized")

    def test_does_not_come_around_a_second_factor(self) -> None:
        olga = administrator(OWNER)
        caller = with_key(olga)
        Installation.objects.update(staff_factor_required=True)
        refused(caller("get", "/users"), 403, "auth.forbidden")
        TotpDevice.objects.create(user=olga, secret="A" * 32, last_step=0)
        caller.ok("get", "/users")

    def test_expires_and_is_revoked(self) -> None:
        olga = administrator(OWNER)
        row, token = api_keys.create(administrator=olga, name="CI", lifetime=timedelta(days=30))
        assert row.expires_at is not None
        Caller(token).ok("get", "/users")
        ApiKey.objects.update(expires_at=timezone.now())
        refused(Caller(token)("get", "/users"), 401, "auth.unauthorized")
        ApiKey.objects.update(expires_at=None)
        assert api_keys.revoke(by="test", key=row)
        refused(Caller(token)("get", "/users"), 401, "auth.unauthorized")

    def test_another_secret_for_the_same_id(self) -> None:
        _, token = api_keys.create(administrator=administrator(OWNER), name="CI", lifetime=None)
        refused(Caller(f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}")("get", "/users"), 401, "auth.unauthorized")

    def test_its_last_use_is_written_once_a_minute(self) -> None:
        caller = with_key(administrator(OWNER))
        caller.ok("get", "/users")
        first = ApiKey.objects.get().last_used_at
        assert first is not None
        caller.ok("get", "/users")
        assert ApiKey.objects.get().last_used_at == first
        ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
        caller.ok("get", "/users")
        assert ApiKey.objects.get().last_used_at > first


class TestAnswers:
    def test_a_body_with_a_field_too_many(self, machine: Caller, ada: User) -> None:
        answer = machine("patch", f"/users/{ada.pk}", {"nickName": "A"})
        refused(answer, 400, "guard.invalid_input")
        assert answer.json()["data"]["issues"][0]["path"][-1] == "nickName"

    def test_what_is_no_json(self, machine: Caller, ada: User) -> None:
        answer = machine.client.patch(
            f"/api/users/{ada.pk}", "{", "application/json", headers={"Authorization": f"Bearer {machine.token}"}
        )
        refused(answer, 400, "guard.invalid_input")

    @pytest.mark.parametrize("text", ["a\x00b", "\ud800"], ids=["NUL", "half a pair"])
    def test_text_that_no_database_keeps(self, machine: Caller, ada: User, text: str) -> None:
        for body in ({"name": text}, {"customData": {"a": [{"b": text}]}}, {"customData": {text: 1}}):
            refused(machine("patch", f"/users/{ada.pk}", body), 400, "guard.invalid_input")
        refused(machine("get", "/users", {"search": "a\x00b"}), 400, "guard.invalid_input")
        refused(machine("get", "/users/a%00b"), 400, "guard.invalid_input")
        for number in ("NaN", "-Infinity", "1e999", "[" * 60 + "]" * 60):
            refused(
                machine("patch", f"/users/{ada.pk}", f'{{"customData": {{"a": {number}}}}}'), 400, "guard.invalid_input"
            )
        whole = {"name": "\U0001f600", "customData": {"a": "\\u0000"}}  # a pair, and the letters of an escape
        assert machine.ok("patch", f"/users/{ada.pk}", whole)["customData"] == {"a": "\\u0000"}

    def test_every_answer_has_the_id_of_the_request_and_no_cors(self, machine: Caller) -> None:
        for answer in (machine("get", "/users", Origin="https://evil.example"), machine("get", "/nothing-here")):
            assert answer["Logto-Core-Request-Id"] == answer["X-Request-ID"]
            assert "Access-Control-Allow-Origin" not in answer
        assert "Logto-Core-Request-Id" not in machine.client.get("/healthz")

    def test_an_address_that_is_none(self, machine: Caller) -> None:
        assert machine("get", "/hooks").status_code == 404

    def test_answers_stay_with_the_caller(self, machine: Caller) -> None:
        assert machine("get", "/users")["Cache-Control"] == "no-store"


def test_the_document_of_the_api(client: Client) -> None:
    answer = client.get("/api/swagger.json", follow=True)
    assert answer.redirect_chain == [("/api/.well-known/management.openapi.json", 302)]
    document = json.loads(answer.content)
    assert document["info"]["title"] == "Latchkey Management API"
    assert set(document["paths"]["/api/users/{user_id}"]) == {"get", "patch", "delete"}
    assert document["components"]["securitySchemes"] == {"BearerAuth": {"type": "http", "scheme": "bearer"}}
    asked = {one["name"] for one in document["paths"]["/api/users"]["get"]["parameters"]}
    assert {"page", "search", "search.primaryEmail", "mode.name", "joint"} <= asked
    assert not any("my-account" in path for path in document["paths"])
