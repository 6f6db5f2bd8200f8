"""/api/verifications: a person proves again that they are it, or that a new address is theirs (Logto sections 5.10, 6.5).

The id of the proof goes into the header `logto-verification-id` of what it is for, or into the body that names the address.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from connectors.ports import UsageType
from idp.api import account_schemas as schemas
from idp.api.bearer import Caller, identify
from idp.lib.ids import standard_id
from idp.signin import own_account, own_factors, proofs
from idp.signin.proofs import Owner
from idp.users import identifiers
from idp.verification import person
from idp.verification.errors import CodeNotFound, RecipientMismatch
from idp.verification.models import VerificationCode

router = Router()


@router.post("/password", response={201: dict[str, str]})
def verify_password(request: HttpRequest, body: schemas.NewPassword) -> Status[dict[str, str]]:
    caller = _writer(request)
    record_id = standard_id()
    proofs.prove_with_password(owner=_named(caller, record_id), password=body.password)
    return Status(201, _record(record_id, person.VALID_FOR))


@router.post("/verification-code", response={201: dict[str, str]})
def send_code(request: HttpRequest, body: schemas.CodeToSend) -> Status[dict[str, str]]:
    """A code to the person's own address proves them; one to another address proves that it is theirs to take."""
    caller = _writer(request)
    user, kind = caller.owner.user, body.identifier.type
    value = identifiers.clean(kind, body.identifier.value)
    is_own = value == proofs.recipient_of(user, kind)
    purpose = body.templateType or (
        UsageType.USER_PERMISSION_VALIDATION if is_own else UsageType.BIND_NEW_IDENTIFIER
    ).value  # fmt: skip
    if purpose == UsageType.USER_PERMISSION_VALIDATION.value:
        if not is_own:
            raise RecipientMismatch(kind)
        code = proofs.send_proof_code(user=user, kind=kind)
    else:
        code = own_account.send_new_identifier_code(owner=caller.owner, kind=kind, value=value)
    return Status(201, _record(code.pk, code.expires_at - timezone.now()))


@router.post("/verification-code/verify")
def verify_code(request: HttpRequest, body: schemas.CodeToVerify) -> dict[str, str]:
    caller = _writer(request)
    kind, value = body.identifier.type, identifiers.clean(body.identifier.type, body.identifier.value)
    code = VerificationCode.objects.filter(pk=body.verificationId, consumed_at=None).first()
    if code is None:
        raise CodeNotFound
    if (code.channel, code.recipient) != (kind, value):
        raise RecipientMismatch(kind)
    if code.purpose == UsageType.USER_PERMISSION_VALIDATION:
        owner = _named(caller, code.pk)
        proofs.prove_with_code(owner=owner, verification_id=code.pk, digits=body.code)
    else:
        own_account.prove_new_identifier(
            owner=caller.owner, kind=kind, verification_id=code.pk, digits=body.code
        )  # fmt: skip
    return {"verificationRecordId": code.pk}


@router.post("/web-authn/registration")
def begin_passkey(request: HttpRequest) -> dict[str, Any]:
    """What the browser is to be asked for a new passkey."""
    question = own_factors.begin_passkey(owner=_writer(request).owner)
    return {"registrationOptions": question.options, **_record(question.id, person.VALID_FOR)}


@router.post("/web-authn/registration/verify")
def check_passkey(request: HttpRequest, body: schemas.PasskeyMade) -> dict[str, str]:
    """What the browser answered; the passkey is bound by /my-account/mfa-verifications."""
    own_factors.check_new_passkey(
        owner=_writer(request).owner, ceremony_id=body.verificationRecordId, payload=body.payload
    )  # fmt: skip
    return {"verificationRecordId": body.verificationRecordId}


def _writer(request: HttpRequest) -> Caller:
    caller = identify(request)
    caller.may_write()
    return caller


def _named(caller: Caller, record_id: str) -> Owner:
    """The person, with the name that their new proof is to be kept under."""
    owner = caller.owner
    return Owner(owner.user, proof=record_id, session_id=owner.session_id, grant_id=owner.grant_id)


def _record(record_id: str, valid_for: timedelta) -> dict[str, str]:
    expires_at = timezone.now() + valid_for
    return {"verificationRecordId": record_id, "expiresAt": expires_at.isoformat().replace("+00:00", "Z")}
