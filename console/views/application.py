"""One application: its settings, and the end of it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from console.access import administrator, staff_required
from console.forms.applications import ApplicationForm, DeleteForm
from console.guides import catalogue
from idp.applications.errors import InvalidSetting, InvalidUri
from idp.applications.models import Application
from idp.applications.services import delete_application, update_application


def managed_application(pk: str) -> Application:
    application: Application = get_object_or_404(Application.objects.managed(), pk=pk)
    return application


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    application = managed_application(pk)
    form = ApplicationForm(request.POST or None, application=application)
    if form.is_valid() and _update(request, application, form):
        messages.success(request, "Changes saved.")
        return redirect("console:application-detail", pk=pk)
    context = {
        "application": Application.objects.get(pk=pk) if form.errors else application,  # not what was refused
        "form": form,
        "guide": guide_of(application),
        "delete_form": DeleteForm(name=application.name, auto_id="delete_%s"),
    }
    return render(request, "console/applications/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    application = managed_application(pk)
    form = DeleteForm(request.POST or None, name=application.name, auto_id="delete_%s")
    if form.is_valid():
        delete_application(by=administrator(request).audit_name, application=application)
        messages.success(request, f"{application.name} is deleted.")
        return redirect("console:application-list")
    return render(request, "console/applications/delete.html", {"application": application, "delete_form": form})


def endpoints() -> dict[str, str]:
    """What a client library asks for; the discovery document says the same to machines."""
    issuer = settings.ISSUER
    return {
        "Endpoint": settings.ENDPOINT,
        "Issuer": issuer,
        "Authorization": f"{issuer}/auth",
        "Device authorization": f"{issuer}/device/auth",
        "Token": f"{issuer}/token",
        "Userinfo": f"{issuer}/me",
        "JWKS": f"{issuer}/jwks",
        "Discovery": f"{issuer}/.well-known/openid-configuration",
    }


def guide_of(application: Application) -> catalogue.Guide | None:
    guide = catalogue.find(application.guide)
    return guide if guide is not None and guide.fits(application) else None


def _update(request: HttpRequest, application: Application, form: ApplicationForm) -> bool:
    try:
        update_application(by=administrator(request).audit_name, application=application, **form.cleaned_data)
    except (InvalidUri, InvalidSetting) as error:
        form.refuse(error)
        return False
    return True
