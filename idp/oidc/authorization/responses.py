"""The way back to the client. Its URI is used byte for byte: SDKs compare with the string they sent."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

from idp.lib.http import see_other
from idp.oidc.authorization.request import AuthorizationRequest
from idp.oidc.errors import OidcError

RESPONSE_MODES = ("query", "fragment", "form_post")


def to_client(asked: AuthorizationRequest, values: dict[str, str]) -> HttpResponse:
    """These values, the state and the issuer, to the redirect URI (RFC 6749 section 4.1.2, RFC 9207)."""
    state = {"state": asked.params["state"]} if "state" in asked.params else {}
    answer = {**values, **state, "iss": settings.ISSUER}
    mode = asked.get("response_mode")
    if mode == "form_post":
        return _form(asked.redirect_uri, answer)
    if mode == "fragment":
        return see_other(f"{asked.redirect_uri}#{urlencode(answer)}")
    separator = "&" if "?" in asked.redirect_uri else "?"
    return see_other(f"{asked.redirect_uri}{separator}{urlencode(answer)}")


def error_to_client(asked: AuthorizationRequest, error: OidcError) -> HttpResponse:
    return to_client(asked, {"error": error.error, "error_description": error.body["error_description"]})


def _form(uri: str, values: dict[str, str]) -> HttpResponse:
    """A page that posts itself (OAuth 2.0 Form Post Response Mode), with a button for browsers without script."""
    response = HttpResponse(render_to_string("pages/form_post.html", {"uri": uri, "values": values}))
    response["Cache-Control"] = "no-store"
    return response
