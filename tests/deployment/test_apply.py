"""`manage.py apply`: first data without clicking."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from idp.applications.models import Application
from idp.audit.models import Event
from idp.authorization.models import Resource
from idp.messaging.models import Connector
from idp.signin.models import Session, SignInExperience
from idp.users.models import User

pytestmark = pytest.mark.django_db
TEMPLATES = [
    {"usageType": usage, "content": "{{code}}"} for usage in ("SignIn", "Register", "ForgotPassword", "Generic")
]
DOCUMENT: dict[str, Any] = {
    "resources": [{"name": "API", "indicator": "https://api.example.com", "scopes": [{"name": "read:books"}]}],
    "connectors": [
        {
            "connectorId": "twilio-short-message-service",
            "config": {"accountSID": "AC1", "authToken": "t", "fromMessagingServiceSID": "MG1", "templates": TEMPLATES},
        }
    ],
    "signInExperience": {
        "signUp": {"identifiers": ["phone"], "password": False, "verify": True},
        "signIn": {
            "methods": [
                {"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}
            ]
        },
    },
    "applications": [
        {
            "id": "bookstore",
            "name": "Bookstore",
            "type": "Native",
            "oidcClientMetadata": {"redirectUris": ["com.example.app://callback"], "postLogoutRedirectUris": []},
            "customClientMetadata": {"corsAllowedOrigins": ["capacitor://localhost"], "refreshTokenTtlInDays": 30},
        },
        {"name": "Shop", "type": "Traditional", "secrets": [{"name": "one", "value": "s" * 32}]},
    ],
    "users": [
        {"username": "ada", "primaryPhone": "+15551234567", "password": "correct horse battery", "customData": {"a": 1}}
    ],
    "administrators": [{"username": "admin", "password": "correct horse battery"}],
}


@pytest.fixture
def apply(tmp_path: Path) -> Any:
    def run(document: Any) -> str:
        file = tmp_path / "latchkey.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        out = StringIO()
        call_command("apply", str(file), stdout=out)
        return out.getvalue()

    return run


def test_everything_is_there(apply: Any) -> None:
    apply(DOCUMENT)
    application = Application.objects.get(pk="bookstore")
    assert application.redirect_uri_list == ["com.example.app://callback"]
    assert application.refresh_token_ttl_days == 30
    assert Application.objects.get(name="Shop").secrets.get().value == "s" * 32
    assert User.objects.get(username="ada").primary_phone == "15551234567"
    assert User.objects.get(username="admin").is_staff
    assert Connector.objects.get().config["accountSID"] == "AC1"
    assert SignInExperience.load().sign_up["identifiers"] == ["phone"]
    assert Resource.objects.get(name="API").permissions.get().name == "read:books"


def test_twice_is_once(apply: Any) -> None:
    first = apply(DOCUMENT)
    hashes = list(User.objects.order_by("pk").values_list("password", flat=True))
    assert apply(DOCUMENT) == first
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == hashes
    assert Application.objects.managed().count() == 2
    assert Application.objects.get(name="Shop").secrets.count() == 1


def test_a_second_run_updates(apply: Any) -> None:
    apply(DOCUMENT)
    changed = json.loads(json.dumps(DOCUMENT))
    changed["applications"][0]["name"] = "Books"
    changed["users"][0]["name"] = "Ada"
    apply(changed)
    assert Application.objects.get(pk="bookstore").name == "Books"
    assert User.objects.get(username="ada").name == "Ada"


@pytest.mark.parametrize("change", [{"password": "another fine secret"}, {"isSuspended": True}])
def test_a_new_password_or_a_suspension_signs_people_out(apply: Any, change: dict[str, Any]) -> None:
    apply(DOCUMENT)
    ada = User.objects.get(username="ada")
    Session.objects.create(id="a" * 64, user=ada, auth_time=1, expires_at=timezone.now() + timedelta(days=1))
    apply(DOCUMENT)
    assert Session.objects.count() == 1
    apply({"users": [{"username": "ada"} | change]})
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"aplications": []}, "$.aplications"),
        ({"applications": [{"name": "x"}]}, "$.applications[0]"),
        ({"applications": [{"name": 1, "type": "Native"}]}, "$.applications[0].name"),
        ({"applications": [{"name": "x", "type": "Fax"}]}, "$.applications[0]"),
        ({"applications": [{"name": "x", "type": "Native", "oidcClientMetadata": {"redirectUris": [1]}}]},
         "$.applications[0].oidcClientMetadata.redirectUris[0]"),
        ({"users": [{"primaryPhone": "12"}]}, "$.users[0].primaryPhone"),
        ({"users": [{"name": "x"}]}, "$.users[0]"),
        ({"signInExperience": {"signUp": {"identifiers": ["fax"], "password": False, "verify": True}}},
         "$.signInExperience.signUp.identifiers"),
        ({"connectors": [{"connectorId": "pigeon", "config": {}}]}, "$.connectors[0]"),
        ({"resources": [{"name": "x", "indicator": True}]}, "$.resources[0].indicator"),
        ({"resources": [{"name": "x", "indicator": "no uri"}]}, "$.resources[0].indicator"),
        ({"resources": [{"name": "x", "indicator": "https://a.example", "accessTokenTtl": -1}]}, "$.resources[0].accessTokenTtl"),
        ({"signInExperience": {"signUp": {"identifiers": [["phone"]], "password": False, "verify": True}}},
         "$.signInExperience.signUp.identifiers"),
        ({"signInExperience": {"signUp": {"identifiers": [], "password": "no", "verify": True}}}, "$.signInExperience.signUp"),
        ({"applications": [{"id": "has spaces", "name": "x", "type": "Native"}]}, "$.applications[0]"),
        ({"applications": [{"name": "x", "type": "SPA", "termsOfUseUrl": "javascript:alert(1)"}]}, "$.applications[0]"),
        ({"applications": [{"name": "x", "type": "Traditional", "secrets": [{"value": "s", "expiresAt": 10**20}]}]},
         "$.applications[0].secrets[0].expiresAt"),
        ({"users": [{"username": "x", "avatar": "javascript:alert(1)"}]}, "$.users[0]"),
        ({"roles": [{"name": "x", "permissions": [{"resource": "https://a.example", "scopes": ["read"]}]}]},
         "$.roles[0].permissions[0].scopes[0]"),
        ({"roles": [{"name": "x", "type": "Robot"}]}, "$.roles[0]"),
        ({"roles": [{"name": "Management API access", "type": "User"}]}, "$.roles[0].type"),
        ({"organizationRoles": [{"name": "x", "permissions": ["no:such"]}]}, "$.organizationRoles[0].permissions[0]"),
        ({"organizationPermissions": [{"name": "a b"}]}, "$.organizationPermissions[0]"),
        ({"users": [{"username": "x", "roles": ["Nobody"]}]}, "$.users[0].roles[0]"),
        ({"users": [{"username": "x", "roles": ["Management API access"]}]}, "$.users[0]"),
        ({"users": [{"username": "x", "customData": {"a": [{"b": "\u0000"}]}}]}, "$.users[0].customData.a[0].b"),
        ({"applications": [{"name": "x", "type": "SPA", "customData": {"a": float("inf")}}]}, "$.applications[0].customData.a"),
        ({"users": [{"username": "x", "name": "x" * 129}]}, "$.users[0].name"),
        ({"administrators": [{"username": "x", "password": "correct horse battery", "name": "x" * 129}]}, "$.administrators[0].name"),
        ({"applications": [{"name": "x", "type": "Traditional", "secrets": [{"value": "s", "name": "x" * 257}]}]},
         "$.applications[0].secrets[0].name"),
        ({"customProfileFields": [{"name": "x", "type": "Text", "label": "x" * 129}]}, "$.customProfileFields[0]"),
        ({"customProfileFields": [{"name": "x", "type": "Text", "label": "x", "description": "x" * 257}]}, "$.customProfileFields[0]"),
        ({"accountCenter": {"fields": {"name": ["Edit"]}}}, "$.accountCenter"),
        ([], "$"),
    ],
)  # fmt: skip
def test_an_error_names_its_place_and_nothing_is_kept(apply: Any, document: Any, path: str) -> None:
    if isinstance(document, dict):
        document = {"resources": [{"name": "API", "indicator": "https://first.example.com"}], **document}
    events = Event.objects.count()
    with pytest.raises(CommandError) as refused:
        apply(document)
    assert str(refused.value).startswith(f"{path}: ")
    assert not Resource.objects.filter(indicator="https://first.example.com").exists()
    assert Event.objects.count() == events


@pytest.mark.parametrize("content", [b"\x8b\x00", b"[" * 100_000])
def test_what_is_no_json_is_said(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "latchkey.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match="is not JSON in UTF-8, or nested too deeply"):
        call_command("apply", str(file))


def test_broken_json_says_where(apply: Any) -> None:
    with pytest.raises(CommandError, match="line 2, column 3"):
        apply("{\n  x")


def test_second_factors(apply: Any) -> None:
    mfa = {"factors": ["Totp", "BackupCode"], "policy": "Mandatory"}
    apply({"signInExperience": {"mfa": mfa}})
    assert SignInExperience.load().mfa == mfa
    with pytest.raises(CommandError, match="Backup codes stand in for another factor"):
        apply({"signInExperience": {"mfa": {"factors": ["BackupCode"], "policy": "Mandatory"}}})
    assert SignInExperience.load().mfa == mfa


class TestConnectors:
    def twilio(self, account: str) -> dict[str, Any]:
        config = {"accountSID": account, "authToken": "t", "fromMessagingServiceSID": "MG1", "templates": TEMPLATES}
        return {"connectorId": "twilio-short-message-service", "config": config}

    def accounts(self) -> list[str]:
        return [connector.config["accountSID"] for connector in Connector.objects.all()]

    def test_the_order_in_the_file_is_the_order_of_sending(self, apply: Any) -> None:
        apply({"connectors": [self.twilio("AC1"), self.twilio("AC2")]})
        assert self.accounts() == ["AC1", "AC2"]
        ids = list(Connector.objects.values_list("pk", flat=True))
        apply({"connectors": [self.twilio("AC1"), self.twilio("AC2")]})
        assert list(Connector.objects.values_list("pk", flat=True)) == ids
        assert not Event.objects.filter(key="connector.reordered").exists()

    def test_one_is_found_by_its_name_before_its_place(self, apply: Any) -> None:
        named = [self.twilio(f"AC{name}") | {"name": name} for name in ("Asia", "Europe")]
        apply({"connectors": [self.twilio("AC1"), *named]})
        ids = {connector.name: connector.pk for connector in Connector.objects.all()}
        apply({"connectors": [*reversed(named), self.twilio("AC1")]})
        assert self.accounts() == ["ACEurope", "ACAsia", "AC1"]
        assert {connector.name: connector.pk for connector in Connector.objects.all()} == ids
        apply({"connectors": [self.twilio("AC1") | {"name": "Africa"}, *named]})
        assert Connector.objects.get(name="Africa").pk == ids[""]

    def test_a_name_stays_where_the_file_has_none(self, apply: Any) -> None:
        apply({"connectors": [self.twilio("AC1") | {"name": "Europe"}]})
        apply({"connectors": [self.twilio("AC2")]})
        assert Connector.objects.get().name == "Europe"

    def test_what_the_file_no_longer_names_is_gone(self, apply: Any) -> None:
        apply({"connectors": [self.twilio("AC1"), self.twilio("AC2")]})
        apply({"connectors": [self.twilio("AC3")]})
        assert self.accounts() == ["AC3"]
        apply({"users": []})
        assert self.accounts() == ["AC3"]
