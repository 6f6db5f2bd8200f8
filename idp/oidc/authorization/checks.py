"""What an authorization request must pass before any page appears.

Two tables, read top to bottom. What fails in the first is told to the person in front of the browser, because no redirect
is safe yet; what fails in the second is told to the client at its redirect URI.
"""

import re
from collections.abc import Callable

from idp.applications import clients
from idp.authorization.queries import (
    default_resource,
    find_resources,
    organization_permission_names,
    permission_names,
)
from idp.oidc.authorization.request import AuthorizationRequest
from idp.oidc.authorization.responses import RESPONSE_MODES
from idp.oidc.errors import OidcError
from idp.oidc.scopes import CLAIMS_OF_SCOPE, ORGANIZATIONS, ORGANIZATIONS_RESOURCE
from idp.tokens.keys import read_own_token
from idp.tokens.requests import REQUEST_URI_PREFIX, find_pushed_request

Check = Callable[[AuthorizationRequest], None]


class ErrorForClient(OidcError):
    """May be sent to the (checked) redirect URI."""


def check(asked: AuthorizationRequest) -> None:
    """Raises OidcError for the person, ErrorForClient for the client."""
    for rule in (*FOR_THE_PERSON, *FOR_THE_CLIENT):
        rule(asked)


def client_is_known(asked: AuthorizationRequest) -> None:
    if not asked.get("client_id"):
        raise OidcError("invalid_request", "missing required parameter 'client_id'")
    client = clients.get(asked.get("client_id"), fresh=True)
    if client is None:
        raise OidcError("invalid_client", "client is invalid")
    asked.application = client.application


def pushed_request_is_known(asked: AuthorizationRequest) -> None:
    """RFC 9126 section 4: everything but client_id comes from what was pushed."""
    request_uri = asked.get("request_uri")
    if asked.restored or not request_uri.startswith(REQUEST_URI_PREFIX):
        return
    pushed = find_pushed_request(request_uri, asked.application)
    if pushed is None:
        raise OidcError("invalid_request_uri", "request_uri is invalid, expired, used, or of another client")
    asked.replace_by_pushed(pushed.params)


def redirect_uri_is_registered(asked: AuthorizationRequest) -> None:
    """It may be left out when exactly one is registered."""
    registered = asked.application.redirect_uri_list
    if "redirect_uri" not in asked.params:
        if len(registered) != 1:
            raise OidcError("invalid_request", "missing required parameter 'redirect_uri'")
        asked.redirect_uri = registered[0]
    elif asked.application.redirect_uri_allowed(asked.get("redirect_uri")):
        asked.redirect_uri = asked.get("redirect_uri")
    else:
        raise OidcError(
            "invalid_redirect_uri", "redirect_uri did not match any of the client's registered redirect_uris"
        )


def no_request_objects(asked: AuthorizationRequest) -> None:
    """OpenID Connect Core 3.1.2.6; a pushed request has been taken by now."""
    for name in ("request", "request_uri", "registration"):
        if name in asked.params and not asked.get(name).startswith(REQUEST_URI_PREFIX):
            raise ErrorForClient(f"{name}_not_supported", f"{name} parameter provided but not supported")


def response_mode_is_known(asked: AuthorizationRequest) -> None:
    if "response_mode" in asked.params and asked.get("response_mode") not in RESPONSE_MODES:
        # An unknown way back is no way back: answer in the query.
        mode = asked.params.pop("response_mode")
        raise ErrorForClient("unsupported_response_mode", f"unsupported response_mode requested: {mode}")


def a_form_is_posted_to_a_web_address(asked: AuthorizationRequest) -> None:
    """OAuth 2.0 Form Post Response Mode: an app's own scheme cannot take a POST."""
    if asked.get("response_mode") == "form_post" and not asked.redirect_uri.startswith(("https://", "http://")):
        del asked.params["response_mode"]
        raise ErrorForClient("invalid_request", "response_mode form_post needs a http or https redirect_uri")


def response_type_is_code(asked: AuthorizationRequest) -> None:
    if "response_type" not in asked.params:
        raise ErrorForClient("invalid_request", "missing required parameter 'response_type'")
    if asked.get("response_type") != "code":
        raise ErrorForClient("unsupported_response_type", "unsupported response_type requested")


def client_may_sign_in(asked: AuthorizationRequest) -> None:
    if not asked.application.allows_grant_type("authorization_code"):
        raise ErrorForClient("unauthorized_client", "this client cannot use the authorization code flow")


def pkce_protects_the_code(asked: AuthorizationRequest) -> None:
    """RFC 7636 with S256 only; required of every client without a secret (RFC 9700 section 2.1.1)."""
    challenge, method = asked.get("code_challenge"), asked.get("code_challenge_method")
    if not challenge:
        if asked.application.is_public:
            raise ErrorForClient(
                "invalid_request", "Authorization Server policy requires PKCE to be used for this request"
            )
        if method:
            raise ErrorForClient("invalid_request", "code_challenge must be provided with code_challenge_method")
    elif method != "S256":
        raise ErrorForClient("invalid_request", "not supported value of code_challenge_method")
    elif not re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge):
        raise ErrorForClient("invalid_request", "code_challenge must be a base64url-encoded SHA-256")


def prompt_is_sensible(asked: AuthorizationRequest) -> None:
    """OpenID Connect Core 3.1.2.1: `none` stands alone."""
    unknown = set(asked.prompts) - {"none", "login", "consent", "select_account"}
    if unknown:
        raise ErrorForClient("invalid_request", f"unsupported prompt value requested: {' '.join(sorted(unknown))}")
    if "none" in asked.prompts and len(asked.prompts) > 1:
        raise ErrorForClient("invalid_request", "prompt none must only be used alone")


def max_age_is_a_number(asked: AuthorizationRequest) -> None:
    if "max_age" in asked.params and not re.fullmatch(r"\d{1,9}", asked.get("max_age"), re.ASCII):
        raise ErrorForClient("invalid_request", "invalid max_age parameter value")


def hint_is_ours(asked: AuthorizationRequest) -> None:
    """id_token_hint: an ID token of ours for this client, expired or not (OpenID Connect Core 3.1.2.1)."""
    if "id_token_hint" not in asked.params:
        return
    claims = read_own_token(asked.get("id_token_hint"))
    if claims is None or claims.get("aud") != asked.application.client_id:
        raise ErrorForClient("invalid_request", "could not validate id_token_hint")
    asked.hinted_subject = str(claims["sub"])


def values_fit(asked: AuthorizationRequest) -> None:
    """What must be stored with the code has a length that the database knows."""
    if len(asked.get("nonce")) > 255:
        raise ErrorForClient("invalid_request", "nonce is too long")


def resources_are_registered(asked: AuthorizationRequest) -> None:
    """RFC 8707 section 2; the default resource stands in when none is named. Unknown scopes are dropped, not refused."""
    wanted = [indicator for indicator in asked.resources if indicator != ORGANIZATIONS_RESOURCE]
    found = find_resources(wanted)
    if len(found) != len(wanted):
        raise ErrorForClient("invalid_target", "resource indicator is missing, or unknown")
    if not asked.resources and (default := default_resource()):
        found = {default.indicator: default}
        asked.resources = [default.indicator]
    named = list(dict.fromkeys(asked.get("scope").split()))
    others = [scope for scope in named if scope not in CLAIMS_OF_SCOPE]
    permissions = permission_names(found.values()) if others else set()
    if others and ORGANIZATIONS in named:
        permissions |= organization_permission_names()
    asked.scopes = [scope for scope in named if scope in CLAIMS_OF_SCOPE or scope in permissions]


def third_parties_get_what_they_may_ask_for(asked: AuthorizationRequest) -> None:
    """Scopes that an administrator did not allow a third-party application are dropped."""
    if asked.application.is_third_party:
        allowed = {"openid", "offline_access", *asked.application.user_consent_scopes}
        asked.scopes = [scope for scope in asked.scopes if scope in allowed]


def offline_access_needs_consent(asked: AuthorizationRequest) -> None:
    """OpenID Connect Core 11: ignored unless the client asks for consent (the SDKs always do)."""
    if "consent" not in asked.prompts:
        asked.scopes = [scope for scope in asked.scopes if scope != "offline_access"]


FOR_THE_PERSON: tuple[Check, ...] = (client_is_known, pushed_request_is_known, redirect_uri_is_registered)
FOR_THE_CLIENT: tuple[Check, ...] = (
    response_mode_is_known,
    a_form_is_posted_to_a_web_address,
    no_request_objects,
    response_type_is_code,
    client_may_sign_in,
    pkce_protects_the_code,
    prompt_is_sensible,
    max_age_is_a_number,
    hint_is_ours,
    values_fit,
    resources_are_registered,
    third_parties_get_what_they_may_ask_for,
    offline_access_needs_consent,
)
# A device has no redirect URI and no prompt: the person is always asked (RFC 8628 section 3.1).
FOR_A_DEVICE: tuple[Check, ...] = (resources_are_registered, third_parties_get_what_they_may_ask_for)
