"""RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.applications import clients
from idp.applications.models import Application
from idp.lib.http import see_other
from idp.oidc.errors import OidcError
from idp.oidc.params import body_params, query_params, single
from idp.signin import cookies, sessions
from idp.tokens.keys import read_own_token


def session_end(request: HttpRequest) -> HttpResponse:
    """GET or POST /oidc/session/end: sign this browser out, without a question, and go back to the app.

    No confirmation page: the session cookie is SameSite=Lax, so another site can only bring a person here by navigating,
    and would gain nothing by it. Only the exact registered URIs are followed.
    """
    params = single(body_params(request) if request.method == "POST" else query_params(request))
    uri = str(params.get("post_logout_redirect_uri", ""))
    application = _application(params)
    if uri and application is not None and not application.post_logout_redirect_uri_allowed(uri):
        raise OidcError("invalid_request", "post_logout_redirect_uri not registered")
    if request.method == "POST" and not cookies.session_token(request):
        # A cross-site POST comes without our cookies; the same request as a navigation has them. Its hint stays here.
        wanted = {"post_logout_redirect_uri": uri, "state": str(params.get("state", ""))}
        named = {"client_id": application.pk, **wanted} if application is not None else {}
        return see_other(f"/oidc/session/end?{urlencode({name: value for name, value in named.items() if value})}")
    sessions.end_session_of_browser(request=request)
    response = see_other(
        _target(uri, str(params.get("state", ""))) if uri and application else "/oidc/session/end/success"
    )
    cookies.forget_session(response)
    return response


def signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/signed_out.html")


def _application(params: dict[str, str]) -> Application | None:
    """The client that asks, named by client_id or by the audience of an ID token of ours (which may have expired)."""
    client_id = str(params.get("client_id", ""))
    if hint := str(params.get("id_token_hint", "")):
        claims = read_own_token(hint)
        if claims is None or client_id not in ("", claims.get("aud")):
            raise OidcError("invalid_request", "could not validate id_token_hint")
        client_id = str(claims["aud"])
    if not client_id:
        return None
    client = clients.get(client_id, fresh=True)
    if client is None:
        raise OidcError("invalid_client", "client is invalid")
    return client.application


def _target(uri: str, state: str) -> str:
    if not state:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state})}"
