"""Passkeys in the Experience API (Logto section 5.1): the same functions as the hosted pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from idp.api import schemas
from idp.api.experience import cleaned, find_visit
from idp.signin import passkeys, services

router = Router()
_NO_CONTENT = {204: None}


@router.post("/verification/web-authn/registration", response=schemas.RegistrationQuestion)
def begin_registration(request: HttpRequest) -> dict[str, Any]:
    """What the browser is to be asked for a new passkey."""
    question = passkeys.begin_registration(*find_visit(request))
    return {"verificationId": question.id, "registrationOptions": question.options}


@router.post("/verification/web-authn/registration/verify", response=schemas.VerificationId)
def check_new(request: HttpRequest, body: schemas.NewPasskey) -> dict[str, str]:
    """What the browser answered; the passkey is bound by /profile/mfa or /profile/mfa/passkey."""
    passkeys.check_new(*find_visit(request), ceremony_id=body.verificationId, payload=body.payload)
    return {"verificationId": body.verificationId}


@router.post("/verification/web-authn/authentication", response=schemas.AuthenticationQuestion)
def begin_verification(request: HttpRequest) -> dict[str, Any]:
    question = passkeys.begin_verification(*find_visit(request))
    return {"verificationId": question.id, "authenticationOptions": question.options}


@router.post("/verification/web-authn/authentication/verify", response=schemas.VerificationId)
def verify(request: HttpRequest, body: schemas.PasskeyAnswer) -> dict[str, str]:
    interaction, experience = find_visit(request)
    passkeys.verify(interaction, experience, ceremony_id=body.verificationId, payload=body.payload)
    return {"verificationId": services.note_verification(interaction)}


@router.post("/preflight/sign-in-passkey/authentication", response=schemas.AuthenticationQuestion)
def begin_sign_in(request: HttpRequest) -> dict[str, Any]:
    """For a button or a field with autofill: whoever is there chooses a passkey."""
    question = passkeys.begin_sign_in(*find_visit(request))
    return {"verificationId": question.id, "authenticationOptions": question.options}


@router.post("/verification/sign-in-passkey/authentication", response=schemas.AuthenticationQuestion)
def begin_sign_in_of(request: HttpRequest, body: schemas.PasskeyOwner) -> dict[str, Any]:
    """For one person. Whether there is such a person, and whether they have a passkey, is not told."""
    kind, value = cleaned(body.identifier)
    question = passkeys.begin_sign_in(*find_visit(request), kind=kind, value=value)
    return {"verificationId": question.id, "authenticationOptions": question.options}


@router.post("/verification/sign-in-passkey/authentication/verify", response=schemas.VerificationId)
def sign_in(request: HttpRequest, body: schemas.PasskeySignIn) -> dict[str, str]:
    interaction, experience = find_visit(request)
    passkeys.sign_in(interaction, experience, ceremony_id=body.verificationId, payload=body.payload)
    return {"verificationId": services.note_verification(interaction)}


@router.post("/profile/mfa/passkey", response=_NO_CONTENT)
def bind(request: HttpRequest, body: schemas.VerifiedPasskey) -> Status[None]:
    """Bind the passkey that was offered for the next time."""
    passkeys.bind(*find_visit(request), ceremony_id=body.verificationId)
    return Status(204, None)


@router.post("/profile/mfa/passkey-skipped", response=_NO_CONTENT)
def skip(request: HttpRequest) -> Status[None]:
    passkeys.skip(*find_visit(request))
    return Status(204, None)
