from django.utils.translation import gettext_noop as _

from idp.lib.errors import DomainError


class AuthorizationMissing(DomainError):
    code = "auth.authorization_header_missing"
    message = _("Send an access token in the header Authorization.")
    status = 401


class TokenTypeUnsupported(DomainError):
    code = "auth.authorization_token_type_not_supported"
    message = _("The header Authorization begins with Bearer.")
    status = 401


class InvalidToken(DomainError):
    """No opaque access token of this server, or one that has ended."""

    code = "auth.unauthorized"
    message = _("The access token is unknown, expired or revoked, or meant for another API.")
    status = 401


class ScopeMissing(DomainError):
    """The token does not cover this; 403 when it is `openid` that is missing."""

    code = "auth.unauthorized"
    message = _("The access token does not have the scope for this.")
    status = 401

    def __init__(self, *, status: int = 401) -> None:
        super().__init__()
        if status == 403:
            self.code, self.status = "auth.forbidden", status


class ThirdPartyForbidden(DomainError):
    code = "auth.third_party_application_forbidden"
    message = _("An application of somebody else may not change the account.")
    status = 403


class OriginRefused(DomainError):
    code = "auth.forbidden"
    message = _("This origin does not belong to the application of the access token.")
    status = 403


class NotFound(DomainError):
    code = "entity.not_found"
    message = _("There is no such thing.")
    status = 404

    def __init__(self, code: str = "") -> None:
        super().__init__()
        self.code = code or self.code
