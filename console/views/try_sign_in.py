"""Sign in as an application from the console, and see each request and answer.

The page does in the browser what the app would do (static/js/try-sign-in.js): no code, secret or token passes through these
views. Its address has to be a redirect URI of the application like any other; whoever wants to try registers it here with one
press, and takes it away again.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access import Permission, administrator, needs
from console.undo import announce_done, opposite
from console.views.application import endpoints, guide_of, managed_application
from idp.applications.models import Application, ApplicationType
from idp.applications.services import create_trial_secret, delete_trial_secret, update_application


@needs(Permission.MANAGE)
@require_safe
def try_sign_in(request: HttpRequest, pk: str) -> HttpResponse:
    application = _with_redirects(pk)
    uri = trial_uri(application)
    context = {
        "application": application,
        "guide": guide_of(application),
        "uri": uri,
        "is_allowed": uri in application.redirect_uri_list,
        "endpoints": endpoints(),
    }
    return render(request, "console/applications/try.html", context)


@needs(Permission.MANAGE)
@require_POST
def allow(request: HttpRequest, pk: str) -> HttpResponse:
    application = _with_redirects(pk)
    uri, before = trial_uri(application), application.redirect_uri_list
    wanted = [*(one for one in before if one != uri), uri]
    update_application(by=administrator(request).audit_name, application=application, redirect_uris=wanted)
    text = "This page is a redirect URI of the application until you take it away."
    announce_done(request, text, None if uri in before else opposite("application-try-disallow", pk))
    return redirect("console:application-try", pk)


@needs(Permission.MANAGE)
@require_POST
def secret(request: HttpRequest, pk: str) -> HttpResponse:
    """One for this try, because the application's own are not shown again. Plain text, for the script of the page alone."""
    application = _with_redirects(pk)
    if application.is_public:
        raise Http404
    made = create_trial_secret(by=administrator(request).audit_name, application=application)
    return HttpResponse(made.value, content_type="text/plain")


@needs(Permission.MANAGE)
@require_POST
def disallow(request: HttpRequest, pk: str) -> HttpResponse:
    application = _with_redirects(pk)
    uri, before = trial_uri(application), application.redirect_uri_list
    kept = [one for one in before if one != uri]
    update_application(by=administrator(request).audit_name, application=application, redirect_uris=kept)
    delete_trial_secret(by=administrator(request).audit_name, application=application)
    text = "This page is no longer a redirect URI of the application."
    announce_done(request, text, opposite("application-try-allow", pk) if uri in before else None)
    return redirect("console:application-try", pk)


def _with_redirects(pk: str) -> Application:
    application = managed_application(pk)
    if application.type == ApplicationType.MACHINE_TO_MACHINE or application.is_device_flow:
        raise Http404
    return application


def trial_uri(application: Application) -> str:
    """Of the page that tries it; registered for a while only, and no address of the app."""
    return settings.ENDPOINT + reverse("console:application-try", args=[application.pk])
