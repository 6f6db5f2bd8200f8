"""What anybody may know of the sign-in experience: for sign-in pages that others build (section 4.4)."""

from typing import Any

from django.conf import settings

from idp.applications.models import Application
from idp.organizations.models import Organization
from idp.signin.experience import on_the_wire, recovery_kinds
from idp.signin.models import SignInExperience
from idp.signin.rules import RECOVERY_METHODS
from idp.users.models import ProfileField

# How abuse is fended off is for administrators alone.
_PRIVATE = {"emailBlocklistPolicy", "forgotPasswordMethods", "smsFraudGuard", "captchaPolicy", "sessionPolicy"}


def public_experience(
    experience: SignInExperience, application: Application | None = None, organization: Organization | None = None
) -> dict[str, Any]:
    """The settings as Logto publishes them.

    The branding of an organization, or of an application, stands in the place of the common one.
    """
    shown = {name: value for name, value in on_the_wire(experience).items() if name not in _PRIVATE}
    for one in (application, organization):
        if one is not None:
            shown |= {"color": one.color or shown["color"], "branding": {**shown["branding"], **one.branding}}
            shown["customCss"] = "\n".join(filter(None, (shown["customCss"], one.custom_css))) or None
    recoverable = recovery_kinds(experience)
    return {
        "id": "default",
        "tenantId": "default",
        **shown,
        "forgotPassword": {kind: kind in recoverable for kind in RECOVERY_METHODS},
        "socialSignIn": {},
        "socialSignInConnectorTargets": [],
        "socialConnectors": [],
        "ssoConnectors": [],
        "singleSignOnEnabled": False,
        "isDevelopmentTenant": not settings.PRODUCTION,
        "customProfileFields": [_profile_field(field) for field in ProfileField.objects.all()],
    }


def _profile_field(field: ProfileField) -> dict[str, Any]:
    return {
        "name": field.name, "type": field.type, "label": field.label, "description": field.description or None,
        "required": field.required, "config": field.config, "sieOrder": field.sie_order,
    }  # fmt: skip
