"""/branding.css: the colours and the CSS of administrators, as a file of its own because pages allow no inline style."""

from django.http import HttpRequest, HttpResponse

from idp.applications import clients
from idp.organizations.models import find_organization
from idp.signin import branding, kept


def stylesheet(request: HttpRequest) -> HttpResponse:
    """For an application (`app_id`), an organization, else for all pages. Kept by browsers for ever under the version it is asked for by."""
    client = clients.get(request.GET.get("app_id", ""))
    organization = find_organization(request.GET.get("organization_id", ""))
    brand = branding.of(kept.settings().experience, client.application if client else None, organization)
    response = HttpResponse(brand.stylesheet, content_type="text/css; charset=utf-8")
    is_current = request.GET.get("v") == brand.version
    response["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response
