from django.utils.translation import gettext_noop as _

from idp.lib.errors import DomainError


class IdentifierTaken(DomainError):
    """An identifier belongs to somebody else. `field` is username, email or phone."""

    status = 422

    def __init__(self, field: str) -> None:
        self.code = f"user.{field}_already_in_use"
        super().__init__(_TAKEN[field])
        self.field = field


_TAKEN = {
    "username": _("This username is already in use."),
    "email": _("This email address is already in use."),
    "phone": _("This phone number is already in use."),
}


class InvalidIdentifier(DomainError):
    status = 400

    def __init__(self, field: str, message: str) -> None:
        self.code = f"user.invalid_{field}"
        super().__init__(message)
        self.field = field


class EmailNotAllowed(DomainError):
    """The blocklist has it, or a provider of throw-away addresses."""

    code = "session.email_blocklist.email_not_allowed"
    message = _("This email address cannot be used here. Use another one.")
    status = 422


class SubaddressNotAllowed(DomainError):
    code = "session.email_blocklist.email_subaddressing_not_allowed"
    message = _("Use your email address without the plus sign and what follows it.")
    status = 422


class IdentifierMissing(DomainError):
    code = "user.identifier_missing"
    message = _("Give at least one of username, email and phone.")
    status = 422


class UserSuspended(DomainError):
    code = "user.suspended"
    message = _("This account is suspended.")
    status = 401


class PasswordRejected(DomainError):
    """`data` lists every issue as Logto does: [{code}, …]."""

    code = "password.rejected"
    message = _("Choose another password.")
    status = 422

    def __init__(self, message: str = "", codes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.data = [{"code": code} for code in codes]  # a list on the wire


class InvalidPasswordDigest(DomainError):
    """A hash from elsewhere that nothing here could verify (users.foreign_hashes). For administrators, in English."""

    code = "user.invalid_password_digest"
    message = "The password digest does not fit its algorithm."
    status = 422


class AdministratorExists(DomainError):
    code = "user.administrator_exists"
    message = _("There is an administrator already. Sign in instead.")
    status = 403


class LastAdministrator(DomainError):
    code = "user.last_administrator"
    message = _("This is the last administrator. Make another one first.")
    status = 422


class LastOwner(LastAdministrator):
    """For administrators, in English."""

    message = "This is the last owner. Make somebody else an owner first."


class InvitationOver(DomainError):
    """For administrators, in English. Accepted before, taken back, expired, or never made."""

    code = "administrator.invitation_over"
    message = "This invitation is not valid any more. Ask an owner for a new one."
    status = 404


class CannotDeleteSelf(DomainError):
    """For administrators, in English."""

    code = "user.cannot_delete_self"
    message = "You cannot delete your own account here."


class CannotBeAdministrator(DomainError):
    """For administrators, in English."""

    code = "administrator.sign_in_missing"
    message = "They need a username and a password first: with these one signs in to the console."
    status = 422


class TooManyApiKeys(DomainError):
    """For administrators, in English."""

    code = "api_key.too_many"
    message = "You have as many API keys as one administrator can have. Revoke one first."
    status = 422


class LastWayToSignIn(DomainError):
    code = "user.last_sign_in_method"
    message = _("You could not sign in any more without it. Add another way to sign in first.")
    status = 422


class ProfileFieldInvalid(DomainError):
    """A field that people are to be asked for cannot be like this; `field` is the setting."""

    code = "custom_profile_fields.invalid"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ProfileFieldTaken(DomainError):
    code = "custom_profile_fields.name_exists"
    message = _("There is a field of this name already.")
    status = 422


class ProfileValueInvalid(DomainError):
    """An answer that will not do; `field` is the name of what was asked, `part` that of an address or a full name."""

    code = "custom_profile_fields.invalid_value"
    status = 422

    def __init__(self, field: str, message: str, *, part: str = "") -> None:
        super().__init__(message, field=f"{field}.{part}" if part else field)
        self.field = field
        self.part = part


class ImportUnreadable(DomainError):
    """A file that cannot be read as people; told to administrators, in English."""

    code = "user.import_unreadable"
    status = 422


class ImportNotReady(DomainError):
    code = "user.import_not_ready"
    status = 422


class ImportValueInvalid(DomainError):
    code = "user.import_value_invalid"
    status = 422
