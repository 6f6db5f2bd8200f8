"""The one place that builds error answers of /oidc (RFC 6749 section 5.2, with the `code` and `message` that SDKs need)."""

import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from idp.audit.services import record
from idp.lib.ids import short_id
from idp.lib.throttle import Allowance
from idp.verification import origin

_refusals = Allowance("oidc-refused", limit=100, seconds=600)
_MESSAGES = {
    "invalid_grant": "Grant request is invalid.",
    "invalid_target": "Invalid resource indicator.",
    "invalid_request": "Request is invalid.",
    "invalid_client": "Client authentication failed.",
    "invalid_redirect_uri": "The redirect URI is not registered for this application.",
    "access_denied": "Access denied.",
    "invalid_token": "Invalid token provided.",
    "unsupported_grant_type": "Unsupported `grant_type` requested.",
}


class OidcError(Exception):
    """An answer that says no. `description` may be shown to the client's developer; it never holds a secret."""

    def __init__(self, error: str, description: str = "", *, status: int = 400, code: str = "") -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = _printable(description)
        self.status = status
        self.code = code or f"oidc.{error}"

    @property
    def body(self) -> dict[str, str]:
        message = _MESSAGES.get(self.error, f"An OIDC error occurred: {self.error}.")
        return {
            "code": self.code,
            "message": message,
            "error": self.error,
            "error_description": self.description or message,
        }


def json_error(request: HttpRequest, error: OidcError) -> HttpResponse:
    """The error as JSON; `?parse_error=false` gives the plain OAuth body."""
    body = error.body
    if request.GET.get("parse_error") == "false":
        body = {key: body[key] for key in ("error", "error_description")}
    response = JsonResponse(body, status=error.status)
    response["Cache-Control"] = "no-store"
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = _challenge(error)
    return response


def page_or_json(request: HttpRequest, error: OidcError) -> HttpResponse:
    """For addresses that people open: a page for a browser, JSON for everything else.

    The page shows a reference; the audit log has the same one with what happened.
    """
    if "text/html" in request.headers.get("Accept", ""):
        context = {"error": error, "reference": _log(request, error)}
        response = render(request, "pages/protocol_error.html", context, status=error.status)
        response["Cache-Control"] = "no-store"
        return response
    return json_error(request, error)


def _log(request: HttpRequest, error: OidcError) -> str:
    """Record the error; returns its reference, or "" when the database is what is broken, or this address has filled enough."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ""
    address = origin.address()
    if address and not _refusals.admits(address):
        return ""
    reference = short_id()
    record(
        "oidc.refused", succeeded=False, reference=reference, error=error.error, description=error.description[:400],
        path=request.path, application=request.GET.get("client_id", "")[:64].replace("\0", ""),
    )  # fmt: skip
    return reference


def _challenge(error: OidcError) -> str:
    if error.error == "invalid_client":
        return 'Basic realm="latchkey"'
    return f'Bearer realm="latchkey", error="{error.error}", error_description="{error.description}"'


def _printable(text: str) -> str:
    """Only the characters that RFC 6749 allows in error_description."""
    return re.sub(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]", "?", text)
