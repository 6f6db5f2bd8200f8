"""The settings of an application by their names in Logto's application object, for the configuration file and the Management API.

Name: (setting of the service, its type).
"""

from typing import Any

from idp.applications.models import Application

SETTINGS: dict[str, tuple[str, type]] = {
    "name": ("name", str),
    "description": ("description", str),
    "customData": ("custom_data", dict),
    "jwks": ("jwks", dict),
    "userConsentScopes": ("user_consent_scopes", list),
    "termsOfUseUrl": ("terms_of_use_url", str),
    "privacyPolicyUrl": ("privacy_policy_url", str),
    "color": ("color", dict),
    "branding": ("branding", dict),
    "customCss": ("custom_css", str),
    "guide": ("guide", str),
}
OIDC_METADATA: dict[str, tuple[str, type]] = {
    "redirectUris": ("redirect_uris", list),
    "postLogoutRedirectUris": ("post_logout_redirect_uris", list),
    "backchannelLogoutUri": ("backchannel_logout_uri", str),
    "backchannelLogoutSessionRequired": ("backchannel_logout_session_required", bool),
    "idTokenSignedResponseAlg": ("algorithm", str),
}
CUSTOM_METADATA: dict[str, tuple[str, type]] = {
    "corsAllowedOrigins": ("allowed_origins", list),
    "idTokenTtl": ("id_token_ttl", int),
    "refreshTokenTtlInDays": ("refresh_token_ttl_days", int),
    "rotateRefreshToken": ("rotate_refresh_token", bool),
    "alwaysIssueRefreshToken": ("always_issue_refresh_token", bool),
    "allowTokenExchange": ("allow_token_exchange", bool),
    "maxAllowedGrants": ("max_allowed_grants", int),
}
_URI_LISTS = {"redirect_uris", "post_logout_redirect_uris", "allowed_origins"}


def values(application: Application, table: dict[str, tuple[str, type]]) -> dict[str, Any]:
    found = {name: getattr(application, setting) for name, (setting, _) in table.items()}
    return {name: value.split() if table[name][0] in _URI_LISTS else value for name, value in found.items()}
