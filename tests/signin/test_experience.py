"""The rules of the sign-in experience (Logto section 4.2)."""

from typing import Any

import pytest
from pytest_django import Settings

from connectors.ports import ConnectorType
from idp.signin.errors import ExperienceInvalid
from idp.signin.experience import missing_connectors, update_experience
from idp.signin.models import SignInExperience
from tests.signin.helpers import PHONE_ONLY

pytestmark = pytest.mark.django_db


def method(identifier: str, *, password: bool = False, code: bool = False) -> dict[str, Any]:
    return {"identifier": identifier, "password": password, "verificationCode": code, "isPasswordPrimary": password}


def sign_up(*identifiers: str, password: bool = False, verify: bool = True) -> dict[str, Any]:
    return {"identifiers": list(identifiers), "password": password, "verify": verify}


@pytest.mark.parametrize(
    ("up", "methods", "code", "field"),
    [
        (sign_up("phone", "phone"), [method("phone", code=True)], "duplicated_sign_up_identifiers", "$.signUp.identifiers"),
        (sign_up("phone", verify=False), [method("phone", code=True)], "passwordless_requires_verify", "$.signUp.verify"),
        (sign_up("username"), [method("username", password=True)], "username_requires_password", "$.signUp.password"),
        (sign_up("phone"), [method("phone")], "at_least_one_authentication_factor", "$.signIn.methods[0]"),
        (sign_up("username", password=True), [method("username", code=True)], "at_least_one_authentication_factor", "$.signIn.methods[0]"),
        (sign_up("phone"), [method("username", password=True)], "miss_sign_up_identifier_in_sign_in", "$.signIn.methods"),
        (sign_up("phone"), [method("phone", password=True)], "code_sign_in_must_be_enabled", "$.signIn.methods[0]"),
        (sign_up("fax"), [method("phone", code=True)], "invalid_input", "$.signUp.identifiers"),
        (sign_up("phone"), [], "invalid_input", "$.signIn.methods"),
        (sign_up("phone"), [{"identifier": "phone"}], "invalid_input", "$.signIn.methods[0]"),
    ],
)  # fmt: skip
def test_what_cannot_be_saved(up: dict[str, Any], methods: list[dict[str, Any]], code: str, field: str) -> None:
    with pytest.raises(ExperienceInvalid) as refused:
        update_experience(by="x", sign_up=up, sign_in={"methods": methods})
    assert (refused.value.code, refused.value.field) == (f"sign_in_experiences.{code}", field)
    assert not SignInExperience.objects.exists()


def test_a_code_needs_its_connector_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ExperienceInvalid) as refused:
        update_experience(by="x", **PHONE_ONLY)
    assert refused.value.code == "sign_in_experiences.enabled_connector_not_found"
    assert refused.value.connector_type == "Sms"


def test_in_development_the_outbox_does_and_the_console_warns() -> None:
    assert missing_connectors(update_experience(by="x", **PHONE_ONLY)) == [ConnectorType.SMS]


def test_email_or_phone() -> None:
    update_experience(
        by="x",
        sign_up=sign_up("email", "phone"),
        sign_in={"methods": [method("email", code=True), method("phone", code=True)]},
    )
    assert SignInExperience.load().sign_up["identifiers"] == ["email", "phone"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mfa": {"factors": [], "policy": []}}, "$.mfa"),
        ({"mfa": {"factors": [], "policy": {}}}, "$.mfa"),
        ({"branding": {"logoUrl": "https://["}}, "$.branding.logoUrl"),
        (
            {"password_expiration": {"enabled": True, "validPeriodDays": 1, "enabledAt": 10**18}},
            "$.passwordExpiration.enabledAt",
        ),
        ({"password_policy": {"length": {"min": 0}}}, "$.passwordPolicy.length.min"),
        ({"password_policy": {"length": {"min": True}}}, "$.passwordPolicy.length.min"),
        ({"password_policy": {"length": {"min": 20, "max": 10}}}, "$.passwordPolicy.length"),
        ({"password_policy": {"characterTypes": {"min": 5}}}, "$.passwordPolicy.characterTypes.min"),
        ({"password_policy": {"rejects": {"pwned": 1}}}, "$.passwordPolicy.rejects.pwned"),
        ({"password_policy": {"colour": {}}}, "$.passwordPolicy.colour"),
        ({"sentinel_policy": {"maxAttempts": 0}}, "$.sentinelPolicy.maxAttempts"),
        ({"username_policy": {"minLength": 0}}, "$.usernamePolicy.minLength"),
        ({"username_policy": {"minLength": 9, "maxLength": 8}}, "$.usernamePolicy.maxLength"),
        ({"username_policy": {"allowedChars": {"emoji": True}}}, "$.usernamePolicy.allowedChars"),
        (
            {"username_policy": {"allowedChars": {"lowercase": False, "uppercase": False, "underscore": False}}},
            "$.usernamePolicy.allowedChars",
        ),
        ({"terms_of_use_url": "javascript:alert(1)"}, "$.termsOfUseUrl"),
        ({"unknown_session_redirect_url": "//evil.example"}, "$.unknownSessionRedirectUrl"),
        ({"support_email": "nobody"}, "$.supportEmail"),
        ({"support_email": f"{'x' * 254}@x.example"}, "$.supportEmail"),
        ({"agree_to_terms_policy": "Never"}, "$.agreeToTermsPolicy"),
        ({"sign_up_profile_fields": ["company"]}, "$.signUpProfileFields"),
        ({"forgot_password_methods": ["Pigeon"]}, "$.forgotPasswordMethods"),
    ],
)
def test_policies_have_ranges(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ExperienceInvalid) as refused:
        update_experience(by="x", **changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("identifiers", "secondary", "code", "field"),
    [
        (["username"], [("email", False)], "passwordless_requires_verify", "$.signUp.secondaryIdentifiers[0]"),
        (["username"], [("username", True)], "duplicated_sign_up_identifiers", "$.signUp.secondaryIdentifiers[0]"),
        (["username"], [("email", True), ("email", True)], "duplicated_sign_up_identifiers", "$.signUp.secondaryIdentifiers[1]"),
        (["email"], [("emailOrPhone", True)], "duplicated_sign_up_identifiers", "$.signUp.secondaryIdentifiers[0]"),
        ([], [("email", True)], "missing_sign_up_identifiers", "$.signUp.secondaryIdentifiers"),
        (["username"], [("fax", True)], "invalid_input", "$.signUp.secondaryIdentifiers[0]"),
    ],
)  # fmt: skip
def test_secondary_identifiers(
    identifiers: list[str], secondary: list[tuple[str, bool]], code: str, field: str
) -> None:
    chosen = [{"identifier": name, "verify": verify} for name, verify in secondary]
    up = {"identifiers": identifiers, "password": True, "verify": True, "secondaryIdentifiers": chosen}
    methods = [method("username", password=True), method("email", password=True)]
    with pytest.raises(ExperienceInvalid) as refusal:
        update_experience(by="test", sign_up=up, sign_in={"methods": methods})
    assert (refusal.value.code, refusal.value.field) == (f"sign_in_experiences.{code}", field)
