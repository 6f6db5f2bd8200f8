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


class FactorNotEnabled(DomainError):
    code = "session.mfa.mfa_factor_not_enabled"
    message = _("This way to verify is not available.")
