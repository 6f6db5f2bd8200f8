"""One application: its settings, and the end of it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from console.access import Permission, administrator, needs
from console.editing import answer, edit
from console.forms.applications import ApplicationForm, DeleteForm
from console.guides import catalogue
from idp.applications.errors import InvalidSetting, InvalidUri
from idp.applications.models import Application
from idp.applications.services import update_application
from idp.audit.models import EventFilter
from idp.tokens.grants import delete_application


def managed_application(pk: str, *, lock: bool = False) -> Application:
    found = Application.objects.managed()
    application: Application = get_object_or_404(found.select_for_update() if lock else found, pk=pk)
    return application


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    editing = edit(
        request,
        load=lambda lock: managed_application(pk, lock=lock),
        build=lambda application, data: ApplicationForm(data or None, application=application),
        write=lambda application, form: _update(request, application, form),
        about=EventFilter(subject=f"application:{pk}"),
        columns=lambda form: form.cleaned_data,
    )
    application = managed_application(pk)  # not what was refused
    context = {
        "application": application,
        "guide": guide_of(application),
        "delete_form": DeleteForm(name=application.name, auto_id="delete_%s"),
    }
    return answer(request, editing, "console/applications/detail.html", context)


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
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
