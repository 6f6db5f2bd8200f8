"""The way back to the client. Its URI is used byte for byte: SDKs compare with the string they sent."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse

from idp.oidc.authorization.request import AuthorizationRequest
from idp.oidc.errors import OidcError

RESPONSE_MODES = ("query", "fragment")


def to_client(asked: AuthorizationRequest, values: dict[str, str]) -> HttpResponse:
    """303 to the redirect URI with these values, the state and the issuer (RFC 6749 section 4.1.2, RFC 9207)."""
    state = {"state": asked.params["state"]} if "state" in asked.params else {}
    encoded = urlencode({**values, **state, "iss": settings.ISSUER})
    if asked.get("response_mode") == "fragment":
        return redirect(f"{asked.redirect_uri}#{encoded}")
    separator = "&" if "?" in asked.redirect_uri else "?"
    return redirect(f"{asked.redirect_uri}{separator}{encoded}")


def error_to_client(asked: AuthorizationRequest, error: OidcError) -> HttpResponse:
    return to_client(asked, {"error": error.error, "error_description": error.body["error_description"]})


def redirect(location: str) -> HttpResponse:
    """303 to an address that was checked before. Not HttpResponseRedirect: that refuses an app's own scheme."""
    response = HttpResponse(status=303)
    response["Location"] = location
    response["Cache-Control"] = "no-store"
    return response
