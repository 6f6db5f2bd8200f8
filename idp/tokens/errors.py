from django.utils.translation import gettext_noop as _

from idp.lib.errors import DomainError


class AlreadyConsumed(Exception):
    """Somebody else redeemed the code or reused the token; the whole grant has been revoked."""


class NoLongerWaiting(DomainError):
    code = "oidc.device_code_expired"
    message = _("This code has expired or was used already. Start again on your device.")


class PersonalAccessTokenNameTaken(DomainError):
    code = "user.personal_access_token_name_exists"
    message = "There is a personal access token with this name already."
    status = 422


class PersonalAccessTokenExpiresInThePast(DomainError):
    code = "request.invalid_input"
    message = "A personal access token must expire in the future."


class CannotImpersonate(DomainError):
    """For administrators, in English."""

    code = "administrator.cannot_impersonate"
    message = "Nobody acts as an administrator, or as somebody who is suspended."
    status = 422


class ApplicationCannotExchange(DomainError):
    """For administrators, in English."""

    code = "administrator.application_cannot_exchange"
    message = "This application may not exchange tokens. Allow it in its settings first."
    status = 422


class OnlyPreviousKeysCanBeDeleted(DomainError):
    code = "oidc.only_previous_key_can_be_deleted"
    message = "Only a previous key can be deleted: the others sign, or are about to."
    status = 422
