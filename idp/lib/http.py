"""Small facts about HTTP requests, and the answer that leads on."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# These answer machines: no session, no CSRF, no language, so the middleware for browsers steps aside.
_MACHINE_PATHS = (
    "/oidc/token", "/oidc/request", "/oidc/device/auth", "/oidc/me", "/oidc/jwks", "/oidc/.well-known/", "/api/", "/branding.css",
    "/healthz", "/livez", "/readyz", "/metrics",
)  # fmt: skip


def is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith(_MACHINE_PATHS)


def client_address(request: HttpRequest) -> str:
    """The address of the caller, as seen by the outermost of TRUSTED_PROXIES proxies in front of us (0: the socket's)."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        # As much as the database has room for, should a proxy pass on what it got.
        return forwarded[-settings.TRUSTED_PROXIES][:64]
    return str(request.META.get("REMOTE_ADDR", ""))


def is_web_url(value: Any) -> bool:
    """An absolute address that a browser opens: `https:` or, for machines of one's own, `http:`."""
    if not isinstance(value, str) or len(value) > 2048 or any(sign.isspace() for sign in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:  # an unfinished IPv6 address
        return False


def is_web_origin(value: Any) -> bool:
    """`https://example.com`, with nothing behind the host and port."""
    return is_web_url(value) and f"{urlsplit(value).scheme}://{urlsplit(value).netloc}" == value


def see_other(address: str) -> HttpResponse:
    """303 to an address that was checked before. Not HttpResponseRedirect: that refuses an app's own scheme."""
    response = HttpResponse(status=303)
    response["Location"] = address
    response["Cache-Control"] = "no-store"
    return response
