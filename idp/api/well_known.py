"""/api/.well-known: what sign-in pages of one's own may know without a token (section 4.4)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Router

from idp.applications.models import Application
from idp.lib import languages
from idp.organizations.models import find_organization
from idp.signin import kept, phrases
from idp.signin.languages import activate
from idp.signin.public import public_experience

router = Router()


@router.get("/experience", response=dict[str, Any])
@router.get("/sign-in-exp", response=dict[str, Any])
def sign_in_experience(
    request: HttpRequest,
    appId: str = "",  # noqa: N803  the names are the wire's
    organizationId: str = "",  # noqa: N803
) -> dict[str, Any]:
    """How people sign up and sign in, with the look of an application (`appId`, or the header `Logto-App-Id`) and of an
    organization (`organizationId`, or the header `Logto-Organization-Id`).
    """
    app_id = appId or request.headers.get("Logto-App-Id", "")
    application = Application.objects.filter(pk=app_id).first() if app_id else None
    organization = find_organization(organizationId or request.headers.get("Logto-Organization-Id", ""))
    return public_experience(kept.settings().experience, application, organization)


@router.get("/phrases", response=dict[str, str])
def phrase_list(request: HttpRequest, response: HttpResponse, lng: str = "") -> dict[str, str]:
    """Every sentence of the hosted pages by its English, in the language that is asked for, else in the reader's."""
    code = languages.supported([lng]) or translation.get_language() or "en"
    activate(code)
    response["Content-Language"] = languages.tag(code)
    changes = kept.settings().phrases.get(code, {})
    return {key: changes.get(key, phrase.text) for key, phrase in phrases.catalog(code).items()}
