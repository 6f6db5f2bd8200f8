"""The bodies of the Experience API."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Event = Literal["SignIn", "Register", "ForgotPassword"]
Text = Annotated[str, Field(min_length=1, max_length=256)]


class Body(Schema):
    model_config = ConfigDict(extra="forbid")


class EventBody(Body):
    interactionEvent: Event
    captchaToken: str | None = None


class Username(Body):
    type: Literal["username"]
    value: Annotated[str, Field(max_length=128, pattern=r"^[A-Z_a-z]\w*$")]


class Email(Body):
    type: Literal["email"]
    value: Annotated[str, Field(max_length=254, pattern=r"^\S+@\S+\.\S+$")]


class Phone(Body):
    """Digits with the country code, no plus."""

    type: Literal["phone"]
    value: Annotated[str, Field(max_length=32, pattern=r"^\d+$")]


AnyIdentifier = Annotated[Username | Email | Phone, Field(discriminator="type")]
Reachable = Annotated[Email | Phone, Field(discriminator="type")]


class PasswordVerification(Body):
    identifier: AnyIdentifier
    password: Text


class NewPasswordIdentity(Body):
    identifier: Username
    password: Text


class CodeRequest(Body):
    identifier: Reachable
    interactionEvent: Event


class CodeVerification(Body):
    identifier: Reachable
    verificationId: Text
    code: Text


class LinkToken(Body):
    identifier: Email
    token: Text


class Identification(Body):
    verificationId: Text | None = None
    linkSocialIdentity: bool | None = None


class ProfileUsername(Body):
    type: Literal["username"]
    value: Annotated[str, Field(max_length=128, pattern=r"^[A-Z_a-z]\w*$")]


class ProfilePassword(Body):
    type: Literal["password"]
    value: Text


class ProfileAddress(Body):
    """What was verified with this id."""

    type: Literal["email", "phone"]
    verificationId: Text


class ExtraProfile(Body):
    """Answers to the profile fields, by their names."""

    type: Literal["extraProfile"]
    values: dict[str, Any]


ProfileAddition = Annotated[
    ProfileUsername | ProfilePassword | ProfileAddress | ExtraProfile, Field(discriminator="type")
]


class ResetPassword(Body):
    password: Text


class TotpCode(Body):
    """With the verification id of a new secret it is set-up, without one it is verification."""

    code: Text
    verificationId: Text | None = None


class BackupCode(Body):
    code: Text


class Channel(Body):
    identifierType: Literal["phone", "email"]


class ChannelCode(Channel):
    verificationId: Text
    code: Text


class NewPasskey(Body):
    """`payload` is WebAuthn's RegistrationResponseJSON."""

    verificationId: Text
    payload: dict[str, Any]


class PasskeyAnswer(Body):
    """`payload` is WebAuthn's AuthenticationResponseJSON."""

    verificationId: Text
    payload: dict[str, Any]


class PasskeySignIn(Body):
    """Without the verification id, the challenge in the payload says what was answered."""

    verificationId: Text | None = None
    payload: dict[str, Any]


class PasskeyOwner(Body):
    identifier: AnyIdentifier


class VerifiedPasskey(Body):
    verificationId: Text


class MfaBinding(Body):
    type: Literal["Totp", "WebAuthn", "BackupCode", "EmailVerificationCode", "PhoneVerificationCode"]
    verificationId: Text


class VerificationId(Schema):
    verificationId: str


class NewTotp(VerificationId):
    secret: str
    secretQrCode: str


class RegistrationQuestion(VerificationId):
    registrationOptions: dict[str, Any]


class AuthenticationQuestion(VerificationId):
    authenticationOptions: dict[str, Any]


class NewBackupCodes(VerificationId):
    codes: list[str]
