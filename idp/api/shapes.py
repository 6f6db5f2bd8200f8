"""Objects as they are in the answers of both the Account API and the Management API."""

from datetime import datetime
from typing import Any

from idp.api.parsing import number
from idp.mfa.factors import Factor
from idp.mfa.models import BackupCode, TotpDevice, TrustedDevice
from idp.mfa.passkeys import passkeys_of
from idp.signin.models import Session
from idp.tokens.models import Grant
from idp.users.models import User


def milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def session(row: Session, grants: list[Grant]) -> dict[str, Any]:
    """In the shape of Logto's. What was submitted at the sign-in is not kept; `signInContext` says where it was."""
    own = {one.application_id: {"sid": row.sid, "grantId": one.pk} for one in grants if one.session_id == row.sid}
    return {
        "payload": {
            "exp": int(row.expires_at.timestamp()), "iat": int(row.created_at.timestamp()), "jti": row.sid, "uid": row.sid,
            "kind": "Session", "loginTs": row.auth_time, "accountId": row.user_id, "authorizations": own,
        },
        "lastSubmission": {
            "interactionEvent": "SignIn", "userId": row.user_id, "verificationRecords": [],
            "signInContext": {"ip": row.address, "userAgent": row.user_agent},
        },
        "clientId": next(iter(own), None),
        "accountId": row.user_id,
        "expiresAt": milliseconds(row.expires_at),
    }  # fmt: skip


def grant(row: Grant) -> dict[str, Any]:
    return {
        "id": row.pk,
        "payload": {
            "exp": int(row.expires_at.timestamp()), "iat": int(row.created_at.timestamp()), "jti": row.pk, "kind": "Grant",
            "clientId": row.application_id, "accountId": row.user_id,
        },
        "expiresAt": milliseconds(row.expires_at),
        "application": {"id": row.application_id, "name": row.application.name},
    }  # fmt: skip


def trusted_device(row: TrustedDevice) -> dict[str, Any]:
    return {
        "id": str(row.pk), "userAgent": row.agent or None, "ip": row.address or None,
        "createdAt": milliseconds(row.created_at), "lastUsedAt": milliseconds(row.last_used_at),
        "expiresAt": milliseconds(row.expires_at),
    }  # fmt: skip


def factors(user: User) -> list[dict[str, Any]]:
    """What somebody has set up. They have one app and one set of backup codes at most, so their kind is their id."""
    return [*_passkeys(user), *_apps(user), *_backup_codes(user)]


def named_factor(factor_id: str) -> tuple[Factor, int | None]:
    """What an id of `factors` names: the kind, and for a passkey its number (0 when it is none)."""
    if factor_id in (Factor.TOTP, Factor.BACKUP_CODE):
        return Factor(factor_id), None
    return Factor.WEBAUTHN, number(factor_id)


def _passkeys(user: User) -> list[dict[str, Any]]:
    return [
        {"id": str(one.pk), "type": "WebAuthn", "name": one.name, "agent": one.agent, **_times(one)}
        for one in passkeys_of(user)
    ]  # fmt: skip


def _apps(user: User) -> list[dict[str, Any]]:
    return [{"id": "Totp", "type": "Totp", **_times(one)} for one in TotpDevice.objects.filter(user=user)]


def _backup_codes(user: User) -> list[dict[str, Any]]:
    rows = list(BackupCode.objects.filter(user=user).order_by("created_at"))
    if not rows:
        return []
    left = sum(row.used_at is None for row in rows)
    return [
        {"id": "BackupCode", "type": "BackupCode", "createdAt": rows[0].created_at.isoformat(), "remainCodes": left}
    ]  # fmt: skip


def _times(device: Any) -> dict[str, str]:
    used = {"lastUsedAt": device.last_used_at.isoformat()} if device.last_used_at else {}
    return {"createdAt": device.created_at.isoformat(), **used}
