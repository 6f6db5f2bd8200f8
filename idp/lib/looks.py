"""What colours, logos and own CSS may be, for the sign-in experience and for an application (Logto's shapes, section 4.1)."""

from typing import Any

from idp.lib import colors
from idp.lib.http import is_web_url

LOGOS = ("logoUrl", "darkLogoUrl", "favicon", "darkFavicon")
_COLORS = ("primaryColor", "darkPrimaryColor")
_CSS_BYTES = 64 * 1024


def color_problem(value: Any) -> tuple[str, str] | None:
    """(member, sentence) of the first thing wrong with {primaryColor, isDarkModeEnabled, darkPrimaryColor}; or None."""
    if not isinstance(value, dict) or set(value) - {*_COLORS, "isDarkModeEnabled"}:
        return "", f"Give {', '.join(_COLORS)} and isDarkModeEnabled."
    for name in _COLORS:
        if value.get(name) and not colors.is_color(value[name]):
            return name, "Write a colour as #rgb or #rrggbb."
    if not isinstance(value.get("isDarkModeEnabled", True), bool):
        return "isDarkModeEnabled", "Say true or false."
    return None


def branding_problem(value: Any) -> tuple[str, str] | None:
    """(member, sentence) of the first thing wrong with {logoUrl, darkLogoUrl, favicon, darkFavicon}; or None."""
    if not isinstance(value, dict) or set(value) - set(LOGOS):
        return "", f"Give {', '.join(LOGOS)}."
    for name, address in value.items():
        if address and not is_web_url(address):
            return name, "Give the web address of a picture, with https://."
    return None


def css_problem(value: Any) -> str | None:
    if not value:
        return None
    if not isinstance(value, str) or len(value.encode()) > _CSS_BYTES:
        return "Use at most 64 KB of CSS."
    return None if value.count("{") == value.count("}") else "A brace is missing: { and } come in pairs."
