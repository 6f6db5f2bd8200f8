"""The second factor in the Experience API (Logto sections 5.1, 5.7): the same functions as the hosted pages."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from idp.api import schemas
from idp.api.experience import find_visit
from idp.mfa.errors import FactorNotEnabled
from idp.mfa.factors import CHANNELS, Factor
from idp.signin import cookies, factor_setup, passkeys, second_factor, services
from idp.signin.errors import NothingPending, NotProved

router = Router()
_NO_CONTENT = {204: None}
_FACTORS = {channel: factor for factor, channel in CHANNELS.items()}


@router.post("/verification/totp/secret", response=schemas.NewTotp)
def new_totp(request: HttpRequest) -> dict[str, str]:
    """A secret for an authenticator app that is to be set up."""
    verification_id, app = factor_setup.start_totp(*find_visit(request))
    return {"verificationId": verification_id, "secret": app.secret, "secretQrCode": app.qr_code}


@router.post("/verification/totp/verify", response=schemas.VerificationId)
def verify_totp(request: HttpRequest, body: schemas.TotpCode) -> dict[str, str]:
    """A code from the app that is being set up (with its verification id), or from the one that the person has."""
    interaction, experience = find_visit(request)
    if body.verificationId is None:
        second_factor.verify_totp(interaction, experience, digits=body.code)
        return {"verificationId": services.note_verification(interaction)}
    if body.verificationId != interaction.draft.get("totp", {}).get("id"):
        raise NothingPending
    return {"verificationId": factor_setup.check_new_totp(interaction, experience, digits=body.code)}


@router.post("/verification/backup-code/generate", response=schemas.NewBackupCodes)
def new_backup_codes(request: HttpRequest) -> dict[str, object]:
    verification_id, codes = factor_setup.backup_codes(*find_visit(request))
    return {"verificationId": verification_id, "codes": codes}


@router.post("/verification/backup-code/verify", response=schemas.VerificationId)
def verify_backup_code(request: HttpRequest, body: schemas.BackupCode) -> dict[str, str]:
    interaction, experience = find_visit(request)
    second_factor.verify_backup_code(interaction, experience, code=body.code)
    return {"verificationId": services.note_verification(interaction)}


@router.post("/verification/mfa-verification-code", response=schemas.VerificationId)
def send_code(request: HttpRequest, body: schemas.Channel) -> dict[str, str]:
    """A code to the person's own phone or email address, which the page does not learn."""
    interaction, experience = find_visit(request)
    return {
        "verificationId": second_factor.send_code(interaction, experience, factor=_FACTORS[body.identifierType])
    }  # fmt: skip


@router.post("/verification/mfa-verification-code/verify", response=schemas.VerificationId)
def verify_code(request: HttpRequest, body: schemas.ChannelCode) -> dict[str, str]:
    interaction, experience = find_visit(request)
    factor = _FACTORS[body.identifierType]
    if body.verificationId != second_factor.sent_code(interaction, factor):
        raise NotProved
    second_factor.verify_code(interaction, experience, factor=factor, digits=body.code)
    return {"verificationId": body.verificationId}


@router.post("/profile/mfa", response=_NO_CONTENT)
def bind(request: HttpRequest, body: schemas.MfaBinding) -> Status[None]:
    """Bind what was verified. Codes by SMS and email need no binding: they go to what the person has anyway."""
    interaction, experience = find_visit(request)
    draft = interaction.draft
    if body.type == Factor.WEBAUTHN.value:
        passkeys.bind(interaction, experience, ceremony_id=body.verificationId)
        return Status(204, None)
    pending = {Factor.TOTP: draft.get("totp", {}), Factor.BACKUP_CODE: draft.get("backup_codes", {})}
    factor = next((one for one in pending if one.value == body.type), None)
    if factor is None:
        raise FactorNotEnabled
    if body.verificationId != pending[factor].get("id"):
        raise NothingPending
    if factor is Factor.TOTP:
        factor_setup.bind_totp(interaction, experience)
    else:
        factor_setup.keep_backup_codes(interaction, experience)
    return Status(204, None)


@router.post("/profile/mfa/mfa-skipped", response=_NO_CONTENT)
def skip(request: HttpRequest) -> Status[None]:
    factor_setup.skip_setup(*find_visit(request))
    return Status(204, None)


@router.post("/profile/mfa/mfa-enabled", response=_NO_CONTENT)
def enable(request: HttpRequest) -> Status[None]:
    """The person wants a second factor although they once declined."""
    factor_setup.enable_mfa(*find_visit(request))
    return Status(204, None)


@router.post("/profile/mfa/mfa-suggestion-skipped", response=_NO_CONTENT)
def skip_suggestion(request: HttpRequest) -> Status[None]:
    factor_setup.skip_suggestion(*find_visit(request))
    return Status(204, None)


@router.post("/profile/mfa/trusted-device", response=_NO_CONTENT)
def trust_device(request: HttpRequest, response: HttpResponse) -> Status[None]:
    """After a second factor was verified: it is not asked for again on this device for a while."""
    interaction, experience = find_visit(request)
    user_id, secret = second_factor.trust_device(interaction, experience)
    cookies.remember_trusted_device(response, user_id, secret, days=experience.trust_days)
    return Status(204, None)
