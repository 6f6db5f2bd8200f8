"""Rules for the URIs of a client: what may be registered, and what matches a registered one.

Web URIs are compared after URL normalisation (case of scheme and host, default port, empty path: `http://h:3000` is
`http://h:3000/`), as Logto's SDKs need; every other URI is compared byte for byte (RFC 9700 section 2.1).
"""

import re
from urllib.parse import SplitResult, urlsplit

_CUSTOM_SCHEME = re.compile(r"[a-z][\d+_a-z-]*(\.[\d+_a-z-]+)*")
_DANGEROUS_SCHEMES = {
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
    "ws",
    "wss",
}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}


def problem(uri: str) -> str | None:
    """Why a redirect URI may not be registered, as a sentence; None when it may."""
    if not uri.isascii() or re.search(r"[\s\\<>\"`\x00-\x1f\x7f]", uri):
        return "A URI has no spaces, backslashes or special characters; encode them."
    scheme, colon, rest = uri.partition(":")
    if not colon or not rest:
        return "Give the whole URI with its scheme, such as https://example.com/callback or com.example.app://callback."
    if "#" in uri:
        return "A redirect URI has no fragment (RFC 6749 section 3.1.2)."
    if scheme in _DEFAULT_PORTS:
        return _web_problem(uri)
    if scheme.lower() in _DANGEROUS_SCHEMES:
        return f"The scheme {scheme}: would run or read something in the browser."
    return None if _CUSTOM_SCHEME.fullmatch(scheme) else "A scheme is lower case, such as com.example.app."


def _web_problem(uri: str) -> str | None:
    parts = _split(uri)
    if parts is None or not parts.hostname or not uri.startswith(f"{parts.scheme}://"):
        return "This is not a complete web address."
    if parts.username is not None or parts.password is not None:
        return "A web address here has no user name or password."
    return "Wildcards are not supported." if "*" in uri else None


def origin_problem(origin: str) -> str | None:
    """Why an origin may not be registered; an origin is scheme, host and port (`capacitor://localhost`)."""
    parts = _split(origin)
    if parts is None or not parts.scheme or not parts.hostname or origin != _origin(parts):
        return "An origin is a scheme and a host, such as https://app.example.com or capacitor://localhost."
    return None


def is_registered(uri: str, registered: list[str], *, any_loopback_port: bool) -> bool:
    """Does a URI that a client sent match one that was registered?

    `any_loopback_port`: native apps listen on a port chosen at run time (RFC 8252 section 7.3).
    """
    if uri in registered:
        return problem(uri) is None
    if problem(uri) is not None or urlsplit(uri).scheme not in _DEFAULT_PORTS:
        return False
    wanted = _normal(uri, any_loopback_port=any_loopback_port)
    return any(
        wanted == _normal(known, any_loopback_port=any_loopback_port)
        for known in registered
        if known.startswith(("http://", "https://"))
    )


def is_origin_of(origin: str, uris: list[str]) -> bool:
    """Is this the origin of one of the URIs? A custom scheme has an origin only when it was registered as one.

    A Chromium extension is known by its redirect URI, `https://<id>.chromiumapp.org/…`, which comes back to it alone.
    """
    wanted = _split(origin)
    if wanted is None or not wanted.scheme or origin != _origin(wanted):
        return False
    scheme, _, extension = origin.partition("://")
    same = {origin, f"https://{extension}.chromiumapp.org" if scheme == "chrome-extension" else origin}
    return any(_origin(known) in same for known in map(_split, uris) if known is not None and known.hostname)


def _normal(uri: str, *, any_loopback_port: bool) -> tuple[object, ...]:
    parts = urlsplit(uri)
    port: object = _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port  # 0 is a port, too
    if any_loopback_port and parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS:
        port = "any"
    return parts.scheme, parts.hostname, port, parts.path or "/", parts.query, "?" in uri


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _split(uri: str) -> SplitResult | None:
    """urlsplit, and None for what it cannot take apart (a port that is no number, a broken IPv6 address)."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def remark(uri: str, *, is_native: bool) -> str | None:
    """What somebody who registers this URI should know, as a sentence; None when there is nothing, or it is refused."""
    if problem(uri) is not None:
        return None
    parts = urlsplit(uri)
    if parts.scheme not in _DEFAULT_PORTS:
        return _custom_scheme_remark(parts.scheme, is_native=is_native)
    is_loopback = parts.hostname in _LOOPBACK_HOSTS
    if parts.scheme == "http" and not is_loopback:
        return "Not encrypted: whoever is on the way can read the code that comes back here. Use https in production."
    if is_native and is_loopback and parts.scheme == "http":
        return "Any port of this computer is accepted, as desktop programs need (RFC 8252 section 7.3)."
    if is_native:
        return "The system must know that your app opens this address: App Links on Android, Universal Links on iOS."
    return "Only reachable on the computer that opens it: good for development." if is_loopback else None


def _custom_scheme_remark(scheme: str, *, is_native: bool) -> str | None:
    if not is_native:
        return "A scheme of its own belongs to an app on a device; a web app returns to a web address."
    if "." not in scheme:
        return f"Another app may choose {scheme}: as well. A domain of yours in reverse, such as com.example.app, is safer."
    return None
