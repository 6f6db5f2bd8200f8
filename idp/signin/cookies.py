"""The cookies that tie a browser to its interactions and its session. Names and shapes are Logto's (section 1.9).

`_interaction` maps client ids to interaction ids (percent-encoded JSON), so that several apps can sign in at once; `.sig`
cookies hold an HMAC of the value, and a value without its signature counts as absent.
"""

import base64
import hmac
import json
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from idp.audit.caller import DEVICE_COOKIE
from idp.lib.ids import standard_id
from idp.signin.models import Interaction, Session

INTERACTION = "_interaction"
RESUME = "_interaction_resume"
SESSION = "_session"
TRUSTED_DEVICE = "_trusted_device"
KNOWN_BROWSER = "_known_browser"
LAST_WAY = "latchkey_last"
LATEST = "_legacy"  # the newest interaction, for pages that were opened without an app id
_MAX_INTERACTIONS = 8


def remember_interaction(request: HttpRequest, response: HttpResponseBase, interaction: Interaction) -> None:
    """Bind the interaction to this browser, beside those of other apps, and name the browser for the limits per device."""
    known = {key: value for key, value in interactions_of(request).items() if key != LATEST}
    known.pop(interaction.application_id, None)
    kept = dict(list(known.items())[1 - _MAX_INTERACTIONS :])
    value = json.dumps({**kept, interaction.application_id: interaction.pk, LATEST: interaction.pk})
    max_age = 3600
    _set_signed(response, INTERACTION, quote(value), max_age=max_age)
    _set_signed(response, RESUME, interaction.pk, max_age=max_age, path=f"/oidc/auth/{interaction.pk}")
    if not request.COOKIES.get(DEVICE_COOKIE):
        _set(response, DEVICE_COOKIE, standard_id(), max_age=365 * 24 * 3600)


def interactions_of(request: HttpRequest) -> dict[str, str]:
    """Client id to interaction id, as far as this browser holds a valid signature for it."""
    value = _signed(request, INTERACTION)
    try:
        found = json.loads(unquote(value)) if value else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def holds_interaction(request: HttpRequest, interaction_id: str) -> bool:
    return _signed(request, RESUME) == interaction_id or interaction_id in interactions_of(request).values()


def remember_session(response: HttpResponseBase, session: Session, token: str) -> None:
    _set_signed(response, SESSION, token, max_age=int((session.expires_at - session.created_at).total_seconds()))


def session_token(request: HttpRequest) -> str:
    return _signed(request, SESSION)


def remember_trusted_device(response: HttpResponseBase, user_id: str, secret: str, *, days: int) -> None:
    """Each person who uses this browser trusts it for themself."""
    _set(response, f"{TRUSTED_DEVICE}_{user_id}", secret, max_age=days * 24 * 3600)


def trusted_device_secret(request: HttpRequest, user_id: str) -> str:
    return request.COOKIES.get(f"{TRUSTED_DEVICE}_{user_id}", "")


def remember_known_browser(response: HttpResponseBase, user_id: str, secret: str, *, days: int) -> None:
    _set(response, f"{KNOWN_BROWSER}_{user_id}", secret, max_age=days * 24 * 3600)


def known_browser_secret(request: HttpRequest, user_id: str) -> str:
    return request.COOKIES.get(f"{KNOWN_BROWSER}_{user_id}", "")


def remember_way(response: HttpResponseBase, way: str) -> None:
    """How somebody signed in here last: `username`, `email`, `phone` or `passkey`, and nothing about who it was."""
    _set(response, LAST_WAY, way, max_age=365 * 24 * 3600)


def last_way(request: HttpRequest) -> str:
    return request.COOKIES.get(LAST_WAY, "")


def forget_session(response: HttpResponseBase) -> None:
    for name in (SESSION, f"{SESSION}.sig"):
        response.delete_cookie(name, samesite="Lax")


def _set_signed(response: HttpResponseBase, name: str, value: str, **options: Any) -> None:
    _set(response, name, value, **options)
    _set(response, f"{name}.sig", _signature(name, value), **options)


def _signed(request: HttpRequest, name: str) -> str:
    value, signature = request.COOKIES.get(name, ""), request.COOKIES.get(f"{name}.sig", "")
    return value if value and hmac.compare_digest(signature.encode(), _signature(name, value).encode()) else ""


def _signature(name: str, value: str) -> str:
    mac = salted_hmac("idp.signin.cookies", f"{name}={value}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _set(response: HttpResponseBase, name: str, value: str, **options: Any) -> None:
    # Lax: the visit starts with a top-level navigation from the app's own site.
    response.set_cookie(name, value, httponly=True, samesite="Lax", secure=settings.SECURE, **options)
