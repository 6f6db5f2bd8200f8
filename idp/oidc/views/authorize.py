"""GET and POST /oidc/auth, and the way back from the sign-in pages at /oidc/auth/<uid> (sign-in-handshake)."""

import json
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from idp.lib.http import see_other
from idp.oidc.authorization.checks import ErrorForClient, check
from idp.oidc.authorization.prompts import needs_consent, needs_login, needs_step_up
from idp.oidc.authorization.request import AuthorizationRequest
from idp.oidc.authorization.responses import error_to_client, to_client
from idp.oidc.errors import OidcError
from idp.oidc.params import body_params, query_params
from idp.oidc.views import device, own_page
from idp.signin import cookies, interactions, sessions
from idp.signin.acr import achieved
from idp.signin.errors import SessionNotFound
from idp.signin.models import Interaction, Session
from idp.signin.state import SESSION
from idp.tokens import services as tokens
from idp.tokens.consents import remember_consent
from idp.tokens.requests import use_pushed_request
from idp.users.models import User

_FIRST_SCREENS = {
    "register": "/register", "identifier:register": "/register", "sign_in": "/sign-in", "identifier:sign_in": "/sign-in",
    "signIn": "/sign-in", "reset_password": "/forgot-password",
}  # fmt: skip
_EVENTS = {"/register": "Register", "/forgot-password": "ForgotPassword"}
_LINK = "/one-time-token"
_STEP_UP = "/mfa-verification"
_PAGE_HINTS = ("organization_id", "ui_locales", "one_time_token", "login_hint", "identifier")


def authorize(request: HttpRequest) -> HttpResponse:
    """Check the request, sign the person in if need be, and answer the client."""
    if request.method == "POST":
        # A cross-site POST comes without our cookies; the same request as a navigation has them.
        return see_other(f"/oidc/auth?{body_params(request).urlencode()}")
    asked = AuthorizationRequest.read(query_params(request))
    try:
        check(asked)
    except ErrorForClient as error:
        return error_to_client(asked, error)
    return _proceed(request, asked)


def _proceed(request: HttpRequest, asked: AuthorizationRequest) -> HttpResponse:
    """What the request needs of whoever is signed in here, or its answer."""
    session = sessions.find_session(request)
    if session is None or needs_login(asked, session):
        return _ask(request, asked, "login", None)
    if needs_step_up(asked, session):
        return _step_up(request, asked, session)
    if needs_consent(asked, session):
        return _ask(request, asked, "consent", session)
    return _answer(asked, session)


def resume(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the result of an interaction: a login becomes a session and leads to consent, a consent becomes a code."""
    interaction = _own_interaction(request, uid)
    if interactions.device_of(interaction):
        return device.resume(request, interaction)
    if interactions.page_of(interaction):
        return own_page.resume(request, interaction)
    asked = AuthorizationRequest.restore(interaction.params)
    try:
        check(asked)
    except ErrorForClient as error:
        return error_to_client(asked, error)
    if not interaction.result:
        if interaction.prompt == "consent" and not _asks_person_here(request, interaction):
            return _proceed(request, asked)
        known = interaction.identifier.get("type") == SESSION
        page = "/consent" if interaction.prompt == "consent" else _STEP_UP if known else _first_screen(asked)
        return see_other(f"{page}?{urlencode({'app_id': interaction.application_id})}")
    if interaction.prompt == "login":
        return _logged_in(request, interaction, asked)
    return _consented(request, interaction, asked)


def _ask(request: HttpRequest, asked: AuthorizationRequest, prompt: str, session: Session | None) -> HttpResponse:
    """Send the person to the page that asks; a client that wants no page gets the error of its absence."""
    if "none" in asked.prompts:
        return error_to_client(asked, OidcError(f"{prompt}_required", "End-User interaction is required"))
    if session is not None:
        return _to_consent(request, asked, session)
    interaction = interactions.start(
        application_id=asked.application.pk, prompt="login", params=asked.store(), event=_event(asked)
    )
    page = _first_screen(asked)
    if page == _LINK and sessions.find_session(request) is not None:
        page = "/switch-account"
    return _to_page(request, interaction, page, _hints(asked))


def _step_up(request: HttpRequest, asked: AuthorizationRequest, session: Session) -> HttpResponse:
    """The person is known: only the second factor is asked for, or set up."""
    if "none" in asked.prompts:
        return error_to_client(asked, OidcError("login_required", "End-User authentication is required"))
    interaction = interactions.start_step_up(
        application_id=asked.application.pk, params=asked.store(), session=session
    )  # fmt: skip
    return _to_page(request, interaction, _STEP_UP, _hints(asked))


def _logged_in(request: HttpRequest, interaction: Interaction, asked: AuthorizationRequest) -> HttpResponse:
    user = User.objects.filter(pk=interaction.result["user"], is_suspended=False).first()
    if user is None:
        return error_to_client(asked, OidcError("access_denied", "the account cannot be used"))
    if asked.hinted_subject not in ("", user.pk):
        return error_to_client(asked, OidcError("login_required", "id_token_hint names another person"))
    interactions.close(interaction)
    result = interaction.result
    session, token = sessions.start_session(
        request=request, user=user, method=result["method"], amr=result.get("amr", []),
        auth_time=result.get("auth_time"),
    )  # fmt: skip
    response = _to_consent(request, asked, session)
    cookies.remember_session(response, session, token)
    return response


def _to_consent(request: HttpRequest, asked: AuthorizationRequest, session: Session) -> HttpResponse:
    """The consent page decides by itself when there is nothing to ask (a first-party application, a remembered consent)."""
    questions = {
        "must_ask": needs_consent(asked, session), "scopes": asked.scopes, "resources": asked.resources,
        "redirect_uri": asked.redirect_uri, "user": session.user_id,
    }  # fmt: skip
    interaction = interactions.start(
        application_id=asked.application.pk, prompt="consent", params=asked.store(), draft=questions
    )
    return _to_page(request, interaction, "/consent", {})


def _asks_person_here(request: HttpRequest, interaction: Interaction) -> bool:
    """Somebody else may have signed in since: what was to be asked, or not to be asked, was another person's business."""
    session = sessions.find_session(request)
    return session is None or session.user_id == interaction.draft.get("user")


def _consented(request: HttpRequest, interaction: Interaction, asked: AuthorizationRequest) -> HttpResponse:
    session = sessions.find_session(request)
    if session is None or session.user_id != interaction.result["user"]:
        raise OidcError("invalid_request", "interaction session id cookie not found", code="session.not_found")
    interactions.close(interaction)
    if interaction.result.get("denied"):
        return error_to_client(asked, OidcError("access_denied", "End-User aborted interaction"))
    if asked.application.is_third_party:
        remember_consent(
            user=session.user, application=asked.application, scopes=asked.scopes, resource=asked.resources
        )
    return _answer(asked, session)


def _answer(asked: AuthorizationRequest, session: Session) -> HttpResponse:
    """The code. Nothing is left to ask: the person signed in, and consented where that is a question."""
    if asked.get("request_uri") and not use_pushed_request(asked.get("request_uri")):
        return error_to_client(asked, OidcError("invalid_request_uri", "request_uri was used before"))
    code = tokens.issue_code(
        user=session.user, application=asked.application, session_id=session.sid, auth_time=session.auth_time,
        scope=" ".join(asked.scopes), resource=asked.resources, redirect_uri=asked.redirect_uri,
        code_challenge=asked.get("code_challenge"), nonce=asked.get("nonce"), amr=session.amr,
        acr=achieved(session.amr, asked.get("acr_values")),
    )  # fmt: skip
    return to_client(asked, {"code": code})


def _own_interaction(request: HttpRequest, uid: str) -> Interaction:
    """The interaction, if this browser started it; raises OidcError with Logto's code `session.not_found`."""
    try:
        if cookies.holds_interaction(request, uid):
            return interactions.find(uid)
    except SessionNotFound:
        pass  # told below, in the words of the protocol
    raise OidcError("invalid_request", "interaction session not found", code="session.not_found")


def _to_page(request: HttpRequest, interaction: Interaction, page: str, hints: dict[str, str]) -> HttpResponse:
    app_id = interaction.application_id
    response = see_other(f"{page}?{urlencode({'app_id': app_id, **hints})}")
    cookies.remember_interaction(request, response, interaction)
    facts = {"appId": app_id, **({"uiLocales": hints["ui_locales"]} if "ui_locales" in hints else {})}
    response.set_cookie("_logto", quote(json.dumps(facts)), samesite="Lax", secure=settings.SECURE)
    return response


def _event(asked: AuthorizationRequest) -> str:
    return _EVENTS.get(_first_screen(asked), "SignIn")


def _first_screen(asked: AuthorizationRequest) -> str:
    if asked.get("one_time_token") and asked.get("login_hint"):
        return _LINK
    if asked.get("interaction_mode") == "signUp":
        return "/register"
    return _FIRST_SCREENS.get(asked.get("first_screen"), "/sign-in")


def _hints(asked: AuthorizationRequest) -> dict[str, str]:
    return {name: asked.params[name] for name in _PAGE_HINTS if asked.get(name)}
