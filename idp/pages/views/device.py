"""/device: a person lets a device sign in that has no browser of its own (RFC 8628 section 3.3)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from idp.applications.models import Application
from idp.audit import caller
from idp.audit.services import record
from idp.authorization.queries import find_resources
from idp.authorization.sentences import asked_for
from idp.lib.http import see_other
from idp.lib.throttle import Throttle
from idp.pages.forms import DeviceForm
from idp.signin import cookies, interactions, sessions
from idp.signin.errors import SessionNotFound
from idp.signin.models import Session
from idp.tokens import devices
from idp.tokens.errors import NoLongerWaiting
from idp.tokens.models import DeviceCode

_guesses = Throttle("device", limit=10, seconds=600)  # RFC 8628 section 5.1
_OUTCOMES = {devices.APPROVED: "pages:device-success", devices.DENIED: "pages:device-cancelled"}


def device(request: HttpRequest) -> HttpResponse:
    """The code that the device shows; then sign-in, if nobody is signed in here, and the question."""
    if request.method != "POST":
        return _page(request, "pages/device.html", form=DeviceForm(initial={"user_code": request.GET.get("user_code")}))
    form = DeviceForm(request.POST)
    address = caller.current().address
    if form.is_valid():
        if not _guesses.admits(address):
            form.add_error("user_code", _("Too many tries. Wait ten minutes, then try again."))
            return _page(request, "pages/device.html", status=429, form=form)
        if found := devices.find_waiting(form.cleaned_data["user_code"]):
            _guesses.forgive(address)
            return _to_question(request, found)
        record("device.code_unknown", succeeded=False)
        form.add_error("user_code", _("No device waits with this code. Check it, or start again on your device."))
    return _page(request, "pages/device.html", form=form)


def _to_question(request: HttpRequest, found: DeviceCode) -> HttpResponse:
    known = sessions.find_session(request) is not None
    interaction = interactions.start_for_device(
        application_id=found.client_id, device_id=found.pk, prompt="device" if known else "login"
    )
    page = "pages:device-confirm" if known else "pages:sign-in"
    response = see_other(f"{reverse(page)}?{urlencode({'app_id': interaction.application_id})}")
    cookies.remember_interaction(request, response, interaction)
    return response


def confirm(request: HttpRequest) -> HttpResponse:
    """The question, always: somebody else may have sent the person here with a code of theirs (RFC 8628 section 5.4).

    An answer is to what its page asked: in another window another device of the same application may have been named since,
    or somebody else may have signed in.
    """
    session = sessions.find_session(request)
    try:
        interaction = interactions.find_for_page(request)
        if session is None or interaction.prompt != "device":
            raise SessionNotFound
    except SessionNotFound:
        return see_other(reverse("pages:device"))
    found = devices.find_by_id(interactions.device_of(interaction) or 0)
    application = Application.objects.filter(pk=interaction.application_id).first()
    if found is None or application is None:
        return _page(request, "pages/device_over.html", outcome="expired")
    asked = interactions.question(interaction, session)
    if found.status == devices.WAITING and request.method == "POST" and request.POST.get("asked") == asked:
        _decide(request, session, application, found)
        found.refresh_from_db()
    if found.status == devices.WAITING:
        return _question(request, session, application, found, asked=asked)
    if found.user_id != session.user_id:
        return _page(request, "pages/device_over.html", outcome="expired")
    return see_other(reverse(_OUTCOMES[found.status]))


def _decide(request: HttpRequest, session: Session, application: Application, found: DeviceCode) -> None:
    """The same form sent twice: whoever comes second finds the answer given."""
    try:
        if request.POST.get("decision") == "allow":
            devices.approve(
                user=session.user, application=application, device=found, session_id=session.sid,
                auth_time=session.auth_time, amr=session.amr,
            )  # fmt: skip
        elif request.POST.get("decision") == "cancel":
            devices.deny(user=session.user, application=application, device=found)
    except NoLongerWaiting:
        return


def _question(
    request: HttpRequest, session: Session, application: Application, found: DeviceCode, *, asked: str
) -> HttpResponse:
    asks = application.is_third_party
    return _page(
        request,
        "pages/device_confirm.html",
        application=application,
        device=found,
        asked=asked,
        user=session.user,
        sentences=asked_for(found.scope.split()) if asks else [],
        resources=list(find_resources(found.resource).values()) if asks else [],
    )


def success(request: HttpRequest) -> HttpResponse:
    return _page(request, "pages/device_over.html", outcome="approved")


def cancelled(request: HttpRequest) -> HttpResponse:
    return _page(request, "pages/device_over.html", outcome="denied")


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
