"""The kinds of second factor, by their names on the wire (Logto's `MfaFactor`)."""

from enum import StrEnum

from idp.users.models import User


class Factor(StrEnum):
    WEBAUTHN = "WebAuthn"
    TOTP = "Totp"
    PHONE = "PhoneVerificationCode"
    EMAIL = "EmailVerificationCode"
    BACKUP_CODE = "BackupCode"


# Factors that are codes sent to one of the person's own identifiers: those need no binding.
CHANNELS = {Factor.PHONE: "phone", Factor.EMAIL: "email"}
# What is offered first, when nothing else is known. Backup codes are for when all else is lost.
ORDER = tuple(Factor)
# Values of the `amr` claim (RFC 8176 section 2). Passkeys say their own: idp.mfa.models.Passkey.amr.
AMR = {Factor.TOTP: ["otp"], Factor.PHONE: ["sms"], Factor.EMAIL: ["otp"], Factor.BACKUP_CODE: ["otp"]}


def masked(channel: str, value: str) -> str:
    """`****1234`, `name****@example.com`: enough to recognise what is one's own."""
    if channel == "phone":
        return f"****{value[-4:]}"
    name, _, domain = value.partition("@")
    return f"{name[:4] if len(name) > 4 else ''}****@{domain}"


def account_name(user: User) -> str:
    """What an authenticator app, or a passkey, shows beside the name of this service."""
    return user.primary_email or user.username or (f"+{user.primary_phone}" if user.primary_phone else user.pk)
