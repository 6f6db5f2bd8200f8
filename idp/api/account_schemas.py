"""The bodies of the Account API and its verifications (Logto section 6.5)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from idp.api.schemas import Body, Reachable, Text

Name = Annotated[str, Field(max_length=128)]
Line = Annotated[str, Field(max_length=256)]


class AccountChanges(Body):
    """What is named changes; null clears it."""

    name: Name | None = None
    avatar: Annotated[str, Field(max_length=2048, pattern=r"^https?://\S+$")] | None = None
    username: Annotated[str, Field(max_length=128, pattern=r"^[A-Z_a-z]\w*$")] | None = None
    customData: dict[str, Any] | None = None


class Address(Body):
    formatted: Line | None = None
    streetAddress: Line | None = None
    locality: Line | None = None
    region: Line | None = None
    postalCode: Line | None = None
    country: Line | None = None


class ProfileChanges(Body):
    familyName: Line | None = None
    givenName: Line | None = None
    middleName: Line | None = None
    nickname: Line | None = None
    preferredUsername: Line | None = None
    profile: Line | None = None
    website: Line | None = None
    gender: Line | None = None
    birthdate: Line | None = None
    zoneinfo: Line | None = None
    locale: Line | None = None
    address: Address | None = None


class NewPassword(Body):
    password: Text


class NewEmail(Body):
    email: Annotated[str, Field(max_length=254, pattern=r"^\S+@\S+\.\S+$")]
    newIdentifierVerificationRecordId: Text


class NewPhone(Body):
    phone: Annotated[str, Field(max_length=32, pattern=r"^\d+$")]
    newIdentifierVerificationRecordId: Text


class CodeToSend(Body):
    identifier: Reachable
    templateType: Literal["UserPermissionValidation", "BindNewIdentifier", "BindMfa"] | None = None


class CodeToVerify(Body):
    identifier: Reachable
    verificationId: Text
    code: Text


class NewTotp(Body):
    secret: Text
    code: Text


class NewFactor(Body):
    """Totp brings `secret` and `code`, WebAuthn `newIdentifierVerificationRecordId` (and `name`), BackupCode `codes`."""

    type: Literal["Totp", "WebAuthn", "BackupCode"]
    secret: Text | None = None
    code: Text | None = None
    codes: list[Text] | None = None
    newIdentifierVerificationRecordId: Text | None = None
    name: Annotated[str, Field(max_length=64)] | None = None


class FactorName(Body):
    name: Annotated[str, Field(min_length=1, max_length=64)]


class PasskeyMade(Body):
    """`payload` is WebAuthn's RegistrationResponseJSON."""

    verificationRecordId: Text
    payload: dict[str, Any]
