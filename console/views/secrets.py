"""Secrets of confidential applications. A value is part of the answer to one POST, once, and of nothing else."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from console.access import Permission, administrator, needs
from console.forms.applications import SecretForm
from console.views.application import managed_application
from idp.applications.errors import SecretNameTaken, SecretShown
from idp.applications.models import Application, ApplicationSecret
from idp.applications.services import create_secret, delete_secret, reveal_secret


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, pk: str) -> HttpResponse:
    application = _confidential(pk)
    form = SecretForm(request.POST or None)
    if form.is_valid() and (secret := _create(request, application, form)):
        context = {"application": application, "secret": secret, "value": secret.value}
        return render(request, "console/applications/secret.html", context)
    return render(request, "console/applications/secret_create.html", {"application": application, "form": form})


@needs(Permission.MANAGE)
@require_POST
def show(request: HttpRequest, pk: str, secret_id: int) -> HttpResponse:
    """The first secret of an application: nobody has seen it yet, and whoever presses the button first does."""
    secret = _secret(pk, secret_id)
    try:
        value = reveal_secret(by=administrator(request).audit_name, secret=secret)
    except SecretShown as error:
        if request.htmx:  # type: ignore[attr-defined]
            return render(
                request,
                "console/applications/_secret_hidden.html",
                {"application": secret.application, "secret": secret},
            )
        messages.warning(request, f"{error.message} Create another one.")
        return redirect("console:application-credentials", pk=pk)
    template = "console/applications/_secret_value.html" if request.htmx else "console/applications/secret.html"  # type: ignore[attr-defined]
    return render(request, template, {"application": secret.application, "secret": secret, "value": value})


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: str, secret_id: int) -> HttpResponse:
    secret = _secret(pk, secret_id)
    if request.method == "POST":
        delete_secret(by=administrator(request).audit_name, secret=secret)
        messages.success(request, f"The secret “{secret.name}” is deleted. Whatever used it can no longer get tokens.")
        return redirect("console:application-credentials", pk=pk)
    return render(
        request, "console/applications/secret_delete.html", {"application": secret.application, "secret": secret}
    )


def _confidential(pk: str) -> Application:
    application = managed_application(pk)
    if application.is_public:
        raise Http404
    return application


def _secret(pk: str, secret_id: int) -> ApplicationSecret:
    secrets = ApplicationSecret.objects.select_related("application")
    return get_object_or_404(secrets, application=_confidential(pk), pk=secret_id)


def _create(request: HttpRequest, application: Application, form: SecretForm) -> ApplicationSecret | None:
    days = form.cleaned_data["days"]
    expires_at = timezone.now() + timedelta(days=days) if days else None
    try:
        return create_secret(
            by=administrator(request).audit_name, application=application,
            name=form.cleaned_data["name"], expires_at=expires_at,
        )  # fmt: skip
    except SecretNameTaken as error:
        form.add_error("name", error.message)
        return None
