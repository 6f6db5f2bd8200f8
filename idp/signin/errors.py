from django.utils.translation import gettext_noop as _

from idp.lib.errors import DomainError


class SessionNotFound(DomainError):
    """The browser has no live interaction: it was finished, expired, or started elsewhere."""

    code = "session.not_found"
    message = _("Session not found. Go back to the app and sign in again.")


class ExperienceInvalid(DomainError):
    """The sign-in experience cannot be saved like this; codes are Logto's (section 4.2).

    `field` is the JSON path of the setting, `connector_type` names the connector that is missing.
    """

    def __init__(self, code: str, message: str, *, field: str, connector_type: str = "", status: int = 400) -> None:
        self.code = f"sign_in_experiences.{code}"
        self.status = status
        super().__init__(message)
        self.field = field
        self.connector_type = connector_type


class LanguageUnknown(DomainError):
    """Not one of settings.LANGUAGES. For administrators, in English."""

    code = "localization.unsupported_language"
    message = "There is no such language."
    status = 404


class PhraseInvalid(DomainError):
    """A sentence cannot be said like this; `key` names it. For administrators, in English."""

    code = "localization.invalid_translation_structure"
    status = 400

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message, key=key)
        self.key = key


class InvalidCredentials(DomainError):
    code = "session.invalid_credentials"
    message = _("The account or the password is not right.")
    status = 422


class MethodNotEnabled(DomainError):
    code = "user.sign_in_method_not_enabled"
    message = _("This way to sign in is not available.")
    status = 422


class SignUpClosed(DomainError):
    code = "auth.forbidden"
    message = _("New accounts cannot be created here.")
    status = 403


class RecoveryNotEnabled(DomainError):
    code = "session.forgot_password_not_enabled"
    message = _("Passwords cannot be reset this way here.")


class RecoveryCannotBeMixed(DomainError):
    code = "session.not_supported_for_forgot_password"
    message = _("Resetting a password is an interaction of its own.")


class SamePassword(DomainError):
    code = "user.same_password"
    message = _("This is your password already. Choose another one.")
    status = 422


class PasswordExpired(DomainError):
    """The password was right, and is too old to sign in with."""

    code = "password.expired"
    message = _("Your password has expired. Choose a new one.")
    status = 422


class MissingProfile(DomainError):
    """The new account still needs something; `missing` lists what."""

    code = "user.missing_profile"
    message = _("The account needs more before it can be created.")
    status = 422

    def __init__(self, missing: list[str]) -> None:
        super().__init__(missingProfile=missing)
        self.missing = missing


class UserNotFound(DomainError):
    """A verified identifier belongs to nobody yet."""

    code = "user.user_not_exist"
    message = _("There is no account for this yet.")
    status = 404


class NotProved(DomainError):
    code = "session.verification_session_not_found"
    message = _("Verify first.")
    status = 404


class MfaRequired(DomainError):
    """A second factor must be verified; the values are what a page needs to ask for one."""

    code = "session.mfa.require_mfa_verification"
    message = _("Verify with a second factor.")
    status = 403

    def __init__(self, factors: list[str], masked: dict[str, str]) -> None:
        super().__init__(availableFactors=factors, maskedIdentifiers=masked)


class MfaMissing(DomainError):
    """A second factor must, or may, be set up."""

    code = "user.missing_mfa"
    message = _("Set up a second factor.")
    status = 422

    def __init__(self, factors: list[str], *, skippable: bool) -> None:
        super().__init__(availableFactors=factors, skippable=skippable)


class BackupCodesRequired(DomainError):
    code = "session.mfa.backup_code_required"
    message = _("Keep your backup codes first.")
    status = 422


class ActedFor(DomainError):
    """For the application of an administrator who acts as somebody, in English."""

    code = "auth.forbidden"
    message = "Whoever acts for somebody else looks at their account and changes nothing of it."
    status = 403


class BackupCodesAlone(DomainError):
    code = "session.mfa.backup_code_can_not_be_alone"
    message = _("Set up another factor before backup codes.")
    status = 422


class SetupNotSkippable(DomainError):
    code = "session.mfa.mfa_policy_not_user_controlled"
    message = _("A second factor is required here.")
    status = 422


class NothingPending(DomainError):
    code = "session.mfa.pending_info_not_found"
    message = _("Begin the set-up again.")
    status = 404


class AccountCenterDisabled(DomainError):
    code = "account_center.not_enabled"
    message = _("Accounts cannot be managed here.")


class FieldNotEnabled(DomainError):
    """Nobody sees this part of their account here; `field` is its name in the settings."""

    code = "account_center.field_not_enabled"
    message = _("This part of the account is not available here.")

    def __init__(self, field: str) -> None:
        super().__init__(detail=field)
        self.field = field


class FieldNotEditable(FieldNotEnabled):
    code = "account_center.field_not_editable"
    message = _("This part of the account cannot be changed here.")


class AccountCenterInvalid(DomainError):
    """The settings cannot be saved like this; `field` is the setting."""

    code = "guard.invalid_input"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class PasskeyPreferred(DomainError):
    """The person may create a passkey for the next time; once, and they may decline."""

    code = "user.passkey_preferred"
    message = _("Create a passkey to sign in with the next time.")
    status = 422


class PasskeysNotEnabled(DomainError):
    code = "session.passkey_sign_in.not_enabled"
    message = _("Signing in with a passkey is not available here.")


class LastFactor(DomainError):
    code = "session.mfa.mfa_policy_not_user_controlled"
    message = _("A second factor is required here, and this is your last one. Add another first.")
    status = 422
