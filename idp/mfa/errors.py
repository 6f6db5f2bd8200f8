from django.utils.translation import gettext_noop as _

from idp.lib.errors import DomainError


class InvalidTotpCode(DomainError):
    """Wrong, or used before."""

    code = "session.mfa.invalid_totp_code"
    message = _("That is not the code, or it was used before. Wait for the next one in your app.")


class InvalidBackupCode(DomainError):
    """Wrong, or used before."""

    code = "session.mfa.invalid_backup_code"
    message = _("That is not one of your backup codes, or it was used before.")


class TotpInUse(DomainError):
    code = "user.totp_already_in_use"
    message = _("An authenticator app is set up already.")
    status = 422


class FactorOfAdministrators(DomainError):
    """For administrators, in English."""

    code = "administrator.factor_required"
    message = "Every administrator needs a second factor here, so yours stays on. An owner can change that."
    status = 422


class FactorChangedInConsole(DomainError):
    """For administrators, in English."""

    code = "administrator.factor_changed_in_console"
    message = (
        "You are an administrator: change your authenticator app in the console, which asks for a code of it first."
    )
    status = 422


class OwnFactorFirst(DomainError):
    """For administrators, in English."""

    code = "administrator.own_factor_missing"
    message = "Set up your own second factor first, under Your account. Then you can require it of everybody."
    status = 422


class FactorNotEnabled(DomainError):
    code = "session.mfa.mfa_factor_not_enabled"
    message = _("This way to verify is not available.")


class InvalidPasskey(DomainError):
    """The answer of a passkey does not hold: another site, another challenge, another key, nobody verified."""

    code = "session.mfa.webauthn_verification_failed"
    message = _("This passkey was not accepted. Try again, or use another way.")


class CeremonyOver(DomainError):
    """Answered before, begun elsewhere, or too long ago."""

    code = "session.verification_session_not_found"
    message = _("This took too long, or was answered before. Try again.")
    status = 404


class PasskeyInUse(DomainError):
    """The passkey is bound already, to this person or another."""

    code = "user.webauthn_already_in_use"
    message = _("This passkey is in use already.")
    status = 422


class PasskeyCloned(DomainError):
    """It has counted fewer signatures than were seen: a copy of the key exists (WebAuthn section 6.1.1)."""

    code = "session.mfa.webauthn_verification_failed"
    message = _("This passkey seems to have been copied and cannot be used. Remove it, and create a new one.")
