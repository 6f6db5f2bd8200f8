"""`manage.py export`, and `apply` of what it wrote: nothing is lost, and nothing drifts."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from idp.applications.models import Application, ApplicationSecret
from idp.audit.models import Event
from idp.authorization.models import Permission, Resource, Role
from idp.deployment import furniture
from idp.deployment.configuration.comparing import changes
from idp.messaging.models import Connector
from idp.organizations.models import OrganizationPermission, OrganizationRole
from idp.signin.models import AccountCenter, CustomPhrases, SignInExperience
from idp.users.models import ProfileField, User
from idp.verification.models import CaptchaProvider

pytestmark = pytest.mark.django_db
TEMPLATES = [
    {"usageType": usage, "content": "{{code}} ☃", "language": "de"} for usage in ("SignIn", "Register", "Generic")
] + [{"usageType": usage, "content": "{{code}}"} for usage in ("SignIn", "Register", "ForgotPassword", "Generic")]
MAIL = [{**template, "subject": "Code", "contentType": "text/plain"} for template in TEMPLATES[3:]]
JWK = {"kty": "EC", "crv": "P-256", "kid": "k", "use": "sig", "alg": "ES256",
       "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}  # fmt: skip
# Something other than the default for everything that the console can set.
DOCUMENT: dict[str, Any] = {
    "resources": [
        {"name": "Books", "indicator": "https://books.example", "accessTokenTtl": 600, "isDefault": True,
         "scopes": [{"name": "read:books", "description": "See the catalogue"}, {"name": "write:books"}]},
        {"name": "Other", "indicator": "https://other.example"},
    ],
    "roles": [
        {"name": "Reader", "description": "Reads", "isDefault": True,
         "permissions": [{"resource": "https://books.example", "scopes": ["read:books"]}]},
        {"name": "Job", "type": "MachineToMachine", "permissions": [{"resource": "https://default.logto.app/api", "scopes": ["all"]}]},
    ],
    "organizationPermissions": [{"name": "invite:member", "description": "Invite people"}],
    "organizationRoles": [
        {"name": "editor", "description": "Edits", "permissions": ["invite:member"],
         "apiPermissions": [{"resource": "https://books.example", "scopes": ["read:books", "write:books"]}]},
        {"name": "robot", "type": "MachineToMachine"},
    ],
    "connectors": [
        {"connectorId": "twilio-short-message-service", "name": "Europe",
         "config": {"accountSID": "AC1", "authToken": "sms-secret", "fromMessagingServiceSID": "MG1", "templates": TEMPLATES}},
        {"connectorId": "twilio-short-message-service",
         "config": {"accountSID": "AC2", "authToken": "other-secret", "fromMessagingServiceSID": "MG2", "templates": TEMPLATES}},
        {"connectorId": "simple-mail-transfer-protocol",
         "config": {"host": "smtp.example.com", "port": 587, "fromEmail": "a@example.com", "requireTLS": True,
                    "auth": {"user": "mailer", "pass": "mail-secret"}, "templates": MAIL}},
    ],
    "customProfileFields": [
        {"name": "company", "type": "Select", "label": "Company", "labels": {"de": "Firma"}, "description": "Where",
         "required": True, "config": {"options": [{"value": "a", "label": "A"}]}},
        {"name": "birthdate", "type": "Date", "label": "Birthday", "config": {"format": "yyyy-MM-dd"}},
    ],
    "captchaProvider": {"type": "Turnstile", "config": {"siteKey": "site", "secretKey": "captcha-secret"}},
    "customPhrases": {"de": {"Sign in": "Herein"}},
    "accountCenter": {"enabled": False, "fields": {"name": "ReadOnly", "mfa": "Off"},
                      "deleteAccountUrl": "https://example.com/bye", "webauthnRelatedOrigins": ["https://example.com"]},
    "signInExperience": {
        "signInMode": "SignIn",
        "signUp": {"identifiers": ["email"], "password": True, "verify": True,
                   "secondaryIdentifiers": [{"identifier": "phone", "verify": True}]},
        "signIn": {"methods": [{"identifier": "email", "password": True, "verificationCode": True, "isPasswordPrimary": False}]},
        "forgotPasswordMethods": ["PhoneVerificationCode"],
        "passwordPolicy": {"length": {"min": 10, "max": 100}, "rejects": {"words": ["bookstore"]}},
        "passwordExpiration": {"enabled": True, "validPeriodDays": 90},
        "usernamePolicy": {"minLength": 3}, "sentinelPolicy": {"maxAttempts": 5, "lockoutDuration": 9},
        "verificationCodePolicy": {"expirationDuration": 300, "maxRetryAttempts": 3},
        "emailBlocklistPolicy": {"blockSubaddressing": True, "customBlocklist": ["@bad.example"]},
        "captchaPolicy": {"enabled": True}, "smsFraudGuard": {"enabled": False},
        "mfa": {"factors": ["Totp", "BackupCode"], "policy": "PromptOnlyAtSignInMandatory"},
        "adaptiveMfa": {"enabled": True}, "trustedDevice": {"enabled": True, "durationDays": 7}, "sessionPolicy": {"ttlInDays": 30},
        "passkeySignIn": {"enabled": True, "showPasskeyButton": False, "allowAutofill": True},
        "color": {"primaryColor": "#123456", "isDarkModeEnabled": True, "darkPrimaryColor": "#abcdef"},
        "branding": {"logoUrl": "https://example.com/logo.svg"}, "customCss": ".lk { color: red }",
        "languageInfo": {"autoDetect": False, "fallbackLanguage": "de"},
        "termsOfUseUrl": "https://example.com/terms", "privacyPolicyUrl": "https://example.com/privacy",
        "agreeToTermsPolicy": "Manual", "signUpProfileFields": [{"name": "company"}], "supportEmail": "help@example.com",
        "supportWebsiteUrl": "https://example.com/help", "unknownSessionRedirectUrl": "https://example.com/start",
    },
    "applications": [
        {"id": "shop", "name": "Shop", "type": "Traditional", "description": "Sells", "customData": {"a": [1, None, "ü"]},
         "jwks": {"keys": [JWK]}, "isThirdParty": True, "userConsentScopes": ["email"], "color": {"primaryColor": "#654321"},
         "termsOfUseUrl": "https://example.com/t", "privacyPolicyUrl": "https://example.com/p", "guide": "next",
         "branding": {"logoUrl": "https://example.com/shop.svg"}, "customCss": ".x {}",
         "oidcClientMetadata": {"redirectUris": ["https://shop.example/a", "https://shop.example/b"],
                                "postLogoutRedirectUris": ["https://shop.example/"], "idTokenSignedResponseAlg": "RS256",
                                "backchannelLogoutUri": "https://shop.example/out", "backchannelLogoutSessionRequired": True},
         "customClientMetadata": {"corsAllowedOrigins": ["https://shop.example"], "idTokenTtl": 120, "refreshTokenTtlInDays": 3,
                                  "rotateRefreshToken": False, "alwaysIssueRefreshToken": True, "maxAllowedGrants": 2},
         "secrets": [{"name": "Default", "value": "client-secret-1"},
                     {"name": "Old", "value": "client-secret-2", "expiresAt": 1900000000123}]},
        {"id": "tv", "name": "TV", "type": "Native", "customClientMetadata": {"isDeviceFlow": True, "allowTokenExchange": True}},
        {"id": "worker", "name": "Worker", "type": "MachineToMachine", "roles": ["Job"],
         "secrets": [{"name": "Default", "value": "client-secret-3"}]},
    ],
}  # fmt: skip
SECRETS = (
    "sms-secret",
    "other-secret",
    "mail-secret",
    "captcha-secret",
    "client-secret-1",
    "client-secret-2",
    "client-secret-3",
)
MODELS: tuple[type[models.Model], ...] = (
    Resource, Permission, Role, OrganizationPermission, OrganizationRole, Connector, ProfileField, CaptchaProvider, CustomPhrases, AccountCenter, SignInExperience, Application,
    ApplicationSecret,
)  # fmt: skip
# Made anew, or noted by the machine: no settings.
NOT_SETTINGS = {
    "id", "created_at", "updated_at", "created", "updated", "last_used_at", "shown_at", "resource", "position", "sie_order", "digest",
    # of the toolkit, decided by the type
    "client_type", "authorization_grant_type",
}  # fmt: skip


def apply(document: Any, *options: str, tmp_path: Path) -> str:
    file, out = tmp_path / "document.json", StringIO()
    file.write_text(json.dumps(document))
    call_command("apply", str(file), *options, stdout=out)
    return out.getvalue()


def export(tmp_path: Path, *options: str) -> dict[str, Any]:
    call_command("export", str(tmp_path / "export.json"), *options, stderr=StringIO())
    document: dict[str, Any] = json.loads((tmp_path / "export.json").read_text())
    return document


def rows() -> dict[str, Any]:
    """Everything that is a setting, without ids."""
    found: dict[str, Any] = {}
    for model in MODELS:
        names = [field.name for field in model._meta.local_concrete_fields if field.name not in NOT_SETTINGS]
        found[model.__name__] = [
            {name: value for name, value in row.items() if name in names}
            for row in model._default_manager.order_by(*model._meta.ordering or ["pk"]).values()
        ]
    (experience,) = found["SignInExperience"]
    experience["password_expiration"].pop("enabledAt")
    (center,) = found["AccountCenter"]
    center["fields"] = {name: center["fields"].get(name, "Edit") for name in AccountCenter.FIELDS}
    # Without those that are built in; the console has the newest first.
    known = Application.objects.managed().values_list("pk", flat=True)
    found["Application"] = sorted(
        (row for row in found["Application"] if row["client_id"] in known), key=lambda row: str(row["client_id"])
    )
    found["Resource"].sort(key=lambda row: row["indicator"])
    found["Permission"].sort(key=lambda row: row["name"])
    return found


def empty_installation() -> None:
    for model in MODELS:
        model._default_manager.all().delete()
    furniture.ensure()


def test_every_setting_is_in_the_example(tmp_path: Path) -> None:
    """So that a new column is missed here when nobody exports it."""
    apply(DOCUMENT, tmp_path=tmp_path)
    same = []
    for model in MODELS:
        for field in model._meta.local_concrete_fields:
            if field.name not in NOT_SETTINGS and not field.primary_key and not field.is_relation:
                values = [getattr(row, field.name) for row in model._default_manager.all()]
                if all(value == field.get_default() for value in values):
                    same.append(f"{model.__name__}.{field.name}")
    assert same == []


def test_an_empty_installation_becomes_the_same(tmp_path: Path) -> None:
    apply(DOCUMENT, tmp_path=tmp_path)
    first, before = export(tmp_path, "--with-secrets"), rows()
    empty_installation()
    apply(first, tmp_path=tmp_path)
    assert export(tmp_path, "--with-secrets") == first
    assert rows() == before


def test_a_new_installation_becomes_the_same(tmp_path: Path) -> None:
    first = export(tmp_path)
    assert apply(first, "--check", tmp_path=tmp_path) == "Nothing would change.\n"
    apply(first, tmp_path=tmp_path)
    assert export(tmp_path) == first


def test_secrets_are_left_out_and_named(tmp_path: Path) -> None:
    apply(DOCUMENT, tmp_path=tmp_path)
    document, said = export(tmp_path), StringIO()
    assert not any(secret in json.dumps(document) for secret in SECRETS)
    left_out = [
        "$.connectors[0].config.auth", "$.connectors[1].config.authToken", "$.connectors[2].config.authToken",
        "$.captchaProvider.config.secretKey", "$.applications[0].secrets", "$.applications[2].secrets",
    ]  # fmt: skip
    assert document["secretsLeftOut"] == left_out
    call_command("export", "-", stdout=StringIO(), stderr=said)
    assert said.getvalue().splitlines() == [f"left out: {path}" for path in left_out]


def test_what_left_secrets_out_changes_none(tmp_path: Path) -> None:
    apply(DOCUMENT, tmp_path=tmp_path)
    before = rows()
    document = export(tmp_path)
    assert apply(document, "--check", tmp_path=tmp_path) == "Nothing would change.\n"
    apply(document, tmp_path=tmp_path)
    assert rows() == before


def test_a_secret_that_nobody_knows_is_missed(tmp_path: Path) -> None:
    apply(DOCUMENT, tmp_path=tmp_path)
    document = export(tmp_path)
    empty_installation()
    with pytest.raises(CommandError, match=r"^\$\.connectors\[1\]"):
        apply(document, tmp_path=tmp_path)


def test_a_secret_does_not_go_to_another_server(tmp_path: Path) -> None:
    apply(DOCUMENT, tmp_path=tmp_path)
    document = export(tmp_path)
    document["connectors"][0]["config"]["host"] = "evil.example.com"
    with pytest.raises(CommandError, match="Enter it again"):
        apply(document, tmp_path=tmp_path)


def test_the_file_with_secrets_is_for_its_owner(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("")
    (tmp_path / "export.json").chmod(0o644)
    apply(DOCUMENT, tmp_path=tmp_path)
    text = json.dumps(export(tmp_path, "--with-secrets"))
    assert all(secret in text for secret in SECRETS)
    assert (tmp_path / "export.json").stat().st_mode & 0o777 == 0o600
    assert Event.objects.get(key="configuration.exported").data == {"with_secrets": True}
    with pytest.raises(CommandError, match="to a file only"):
        call_command("export", "-", "--with-secrets")


class TestDiff:
    def test_it_shows_what_would_change_and_changes_nothing(self, tmp_path: Path) -> None:
        apply(DOCUMENT, tmp_path=tmp_path)
        before, events = rows(), Event.objects.count()
        document = export(tmp_path)
        document["applications"][0]["name"] = "Boutique"
        document["users"] = [{"username": "ada"}]
        lines = apply(document, "--diff", tmp_path=tmp_path).splitlines()
        assert [line for line in lines if line[0] in "+-"] == [
            "--- as it is", "+++ as the file says", '-      "name": "Shop",', '+      "name": "Boutique",'
        ]  # fmt: skip
        assert rows() == before
        assert Event.objects.count() == events + 1  # the export
        assert not User.objects.exists()

    def test_a_check_fails_on_drift(self, tmp_path: Path) -> None:
        apply(DOCUMENT, tmp_path=tmp_path)
        Resource.objects.update(access_token_ttl=61)
        with pytest.raises(CommandError, match="not as the file says"):
            apply(DOCUMENT, "--check", tmp_path=tmp_path)

    def test_secrets_are_masked(self, tmp_path: Path) -> None:
        apply(DOCUMENT, tmp_path=tmp_path)
        document = json.loads(json.dumps(DOCUMENT))
        document["connectors"][0]["config"]["authToken"] = "new-secret"
        document["connectors"][2]["config"]["auth"]["pass"] = "new-secret"
        document["captchaProvider"]["config"]["secretKey"] = "new-secret"
        document["applications"][0]["secrets"].append({"name": "New", "value": "new-secret"})
        shown = apply(document, "--diff", tmp_path=tmp_path)
        assert shown.count("+") >= 4
        assert not any(secret in shown for secret in (*SECRETS, "new-secret"))

    def test_a_wrong_document_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"^\$\.aplications"):
            apply({"aplications": []}, "--diff", tmp_path=tmp_path)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"customProfileFields": [{"name": "x", "type": "Fax", "label": "X"}]}, "$.customProfileFields[0]"),
        ({"customProfileFields": [{"name": "x", "type": "Text"}]}, "$.customProfileFields[0]"),
        ({"captchaProvider": {"type": "Oracle", "config": {}}}, "$.captchaProvider.type"),
        ({"captchaProvider": {"type": "Turnstile", "config": {}}}, "$.captchaProvider"),
        ({"customPhrases": {"de": []}}, "$.customPhrases.de"),
        ({"customPhrases": {"de": {"Sign in": 1}}}, "$.customPhrases.de.Sign in"),
        ({"customPhrases": {"tlh": {}}}, "$.customPhrases.tlh"),
        ({"accountCenter": {"fields": {"name": "Maybe"}}}, "$.accountCenter"),
        ({"secretsLeftOut": [1]}, "$.secretsLeftOut[0]"),
    ],
)  # fmt: skip
def test_an_error_names_its_place(document: dict[str, Any], path: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        apply(document, tmp_path=tmp_path)
    assert str(refused.value).startswith(f"{path}: ")


def test_the_start_of_expiration_is_kept(tmp_path: Path) -> None:
    document = {"signInExperience": {"passwordExpiration": {"enabled": True, "validPeriodDays": 90}}}
    apply(document, tmp_path=tmp_path)
    SignInExperience.objects.update(password_expiration={"enabled": True, "validPeriodDays": 90, "enabledAt": 1})
    document["signInExperience"]["passwordExpiration"]["validPeriodDays"] = 30
    apply(document, tmp_path=tmp_path)
    assert SignInExperience.load().password_expiration == {"enabled": True, "validPeriodDays": 30, "enabledAt": 1}


def test_a_connector_whose_package_is_gone(tmp_path: Path) -> None:
    """Nobody knows any more what of it is secret: all of it is."""
    config = {"key": "gone-secret"}
    Connector.objects.create(type="Sms", connector_id="gone", config=config)
    assert export(tmp_path)["secretsLeftOut"] == ["$.connectors[0].config"]
    whole = export(tmp_path, "--with-secrets")
    assert whole["connectors"] == [{"connectorId": "gone", "config": config}]
    assert "gone-secret" not in "\n".join(changes({"connectors": []} | {"accountCenter": {"enabled": False}}))
    with pytest.raises(CommandError, match=r"\$\.connectors\[0\]"):
        apply(whole, tmp_path=tmp_path)
