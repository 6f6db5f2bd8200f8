"""How hosted pages look: colours, logos and own CSS of the sign-in experience, and what one application or organization has
instead.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from idp.applications.models import Application
from idp.lib import colors
from idp.organizations.models import Organization
from idp.signin.models import SignInExperience

# The surfaces of static/css/tokens.css that text in the brand's colour stands on.
_LIGHT, _DARK = "#ffffff", "#171f1c"


@dataclass(frozen=True)
class Branding:
    """What templates need. Addresses are empty where nothing is set; `stylesheet` is empty where nothing differs."""

    logo: str
    dark_logo: str
    favicon: str
    dark_favicon: str
    stylesheet: str
    terms_of_use_url: str
    privacy_policy_url: str
    support: str  # an address for a link

    @property
    def version(self) -> str:
        """Changes with the stylesheet, so that browsers may keep each for ever."""
        return hashlib.sha256(self.stylesheet.encode()).hexdigest()[:16]


def of(
    experience: SignInExperience, application: Application | None = None, organization: Organization | None = None
) -> Branding:
    """The branding of a page: an organization's where it has one, else the application's, else that for all."""
    own_looks = [one for one in (application, organization) if one is not None]
    logos = dict(experience.branding)
    for one in own_looks:
        logos |= _given(one.branding)
    color = next((one.color for one in reversed(own_looks) if one.color), experience.color)
    is_dark = color.get("isDarkModeEnabled", True)
    css = [_colors(color), experience.custom_css or "", *(one.custom_css for one in own_looks)]
    own = application if application is not None and application.is_third_party else None
    return Branding(
        logo=logos.get("logoUrl", ""),
        dark_logo=logos.get("darkLogoUrl", "") if is_dark else "",
        favicon=logos.get("favicon", ""),
        dark_favicon=logos.get("darkFavicon", "") or logos.get("favicon", ""),
        stylesheet="\n".join(part for part in css if part),
        terms_of_use_url=(own.terms_of_use_url if own else "") or experience.terms_of_use_url or "",
        privacy_policy_url=(own.privacy_policy_url if own else "") or experience.privacy_policy_url or "",
        support=experience.support_website_url
        or (f"mailto:{experience.support_email}" if experience.support_email else ""),
    )


def _given(values: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _colors(color: dict[str, Any]) -> str:
    """Custom properties for both appearances; what stands on the colour, and text in it, can always be read."""
    rules = []
    if primary := color.get("primaryColor"):
        dark = color.get("darkPrimaryColor") or colors.readable_on(primary, _DARK)
        values = {
            "--brand": (primary, dark),
            "--on-brand": (colors.ink_on(primary), colors.ink_on(dark)),
            "--brand-text": (colors.readable_on(primary, _LIGHT), colors.readable_on(dark, _DARK)),
        }
        lines = [f"  {name}: light-dark({light}, {dark});" for name, (light, dark) in values.items()]
        rules.append("\n".join([":root {", *lines, "}"]))
    if color.get("isDarkModeEnabled") is False:
        rules.append(":root,\n:root[data-theme] {\n  color-scheme: light;\n}")
    return "\n".join(rules)
