"""/api/my-account/mfa-verifications: the second factors and passkeys of a person, through an app of theirs (Logto section 6.5).

The same functions as the account pages (signin.own_factors). Backup codes are bound when they are generated and cannot be
read again: only their digests are kept.
"""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from idp.api import account_schemas as schemas
from idp.api import shapes
from idp.api.bearer import Caller, identify
from idp.api.errors import NotFound
from idp.api.parsing import number
from idp.mfa import services as mfa
from idp.mfa.errors import InvalidBackupCode
from idp.mfa.models import BackupCode
from idp.signin import own_factors, proofs
from idp.signin.errors import NothingPending

router = Router()
_NO_CONTENT = {204: None}


@router.get("/mfa-verifications")
def factors(request: HttpRequest) -> list[dict[str, Any]]:
    caller = identify(request)
    caller.may_read("mfa", scope="identities")
    return shapes.factors(caller.owner.user)


@router.post("/mfa-verifications", response=_NO_CONTENT)
def bind(request: HttpRequest, body: schemas.NewFactor) -> Status[None]:
    caller = _writer(request)
    if body.type == "Totp":
        own_factors.bind_app(owner=caller.owner, secret=body.secret or "", digits=body.code or "")
    elif body.type == "WebAuthn":
        if not body.newIdentifierVerificationRecordId:
            raise NothingPending
        own_factors.bind_passkey(
            owner=caller.owner, ceremony_id=body.newIdentifierVerificationRecordId, name=body.name or ""
        )
    else:
        proofs.require_proof(caller.owner)
        if not mfa.has_backup_codes(caller.owner.user, body.codes or []):
            raise InvalidBackupCode
    return Status(204, None)


@router.put("/mfa-verifications/totp", response=_NO_CONTENT)
def replace_app(request: HttpRequest, body: schemas.NewTotp) -> Status[None]:
    caller = _writer(request)
    own_factors.bind_app(owner=caller.owner, secret=body.secret, digits=body.code, replace=True)
    return Status(204, None)


@router.post("/mfa-verifications/totp-secret/generate")
def new_app(request: HttpRequest) -> dict[str, str]:
    """A key for an authenticator app; nothing is bound before a code proves that the app has it."""
    app = own_factors.new_app(owner=_writer(request).owner)
    return {"secret": app.secret, "secretQrCode": app.qr_code}


@router.post("/mfa-verifications/backup-codes/generate")
def new_backup_codes(request: HttpRequest) -> dict[str, list[str]]:
    """Ten codes in the place of those before. They hold from now on; binding them again, as Logto wants it, is harmless."""
    return {"codes": own_factors.new_backup_codes(owner=_writer(request).owner)}


@router.get("/mfa-verifications/backup-codes")
def backup_codes(request: HttpRequest) -> dict[str, Any]:
    """Which are used; the codes themselves nobody knows."""
    caller = identify(request)
    caller.may_read("mfa", scope="identities")
    proofs.require_proof(caller.owner)
    rows = BackupCode.objects.filter(user=caller.owner.user).order_by("pk")
    if not rows:
        raise NotFound
    return {"codes": [{"code": None, "usedAt": row.used_at and row.used_at.isoformat()} for row in rows]}


@router.patch("/mfa-verifications/{factor_id}/name")
def rename(request: HttpRequest, factor_id: str, body: schemas.FactorName) -> dict[str, str]:
    caller = _writer(request)
    if not own_factors.rename_passkey(owner=caller.owner, passkey_id=number(factor_id), name=body.name):
        raise NotFound
    return {"name": body.name}


@router.delete("/mfa-verifications/{factor_id}", response=_NO_CONTENT)
def remove(request: HttpRequest, factor_id: str) -> Status[None]:
    caller = _writer(request)
    factor, passkey_id = shapes.named_factor(factor_id)
    if passkey_id == 0:  # nobody needs a proof to learn that
        raise NotFound
    if not own_factors.remove(owner=caller.owner, factor=factor, passkey_id=passkey_id):
        raise NotFound
    return Status(204, None)


def _writer(request: HttpRequest) -> Caller:
    """What field it needs, the factor decides (own_factors)."""
    caller = identify(request)
    caller.may_write(scope="identities")
    return caller
