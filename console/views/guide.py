"""The guide of a framework, filled in for one application; its fields save in place."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access import Permission, administrator, needs
from console.forms.applications import UriForm
from console.guides import catalogue
from console.guides.filling import fill, filling_for
from console.guides.first_use import find_first_use
from console.markdown import render_guide
from console.views.application import managed_application
from console.views.try_sign_in import trial_uri
from idp.applications.errors import InvalidUri
from idp.applications.models import Application
from idp.applications.services import update_application

# Seconds between two looks at the checkpoint: for a minute, four minutes, ten minutes; then it stops.
_PATIENCE = (3, 12, 30, 0)


@dataclass
class LiveUri:
    """A field in the guide: the first URI of one of the application's lists. `aside` are those that are not the app's own."""

    name: str
    label: str
    setting: str
    saved: list[str]
    default: str
    url: str
    aside: list[str]
    form: UriForm | None = None
    just_saved: bool = False

    @property
    def value(self) -> str:
        """What the code samples show."""
        return self.saved[0] if self.saved else self.default

    @property
    def entered(self) -> str:
        return str(self.form.data.get("uri", "")) if self.form else (self.saved[0] if self.saved else "")


@needs(Permission.READ)
@require_safe
def guide(request: HttpRequest, pk: str, guide_id: str) -> HttpResponse:
    application, chosen = _find(pk, guide_id)
    return _page(request, application, chosen, _live_uris(application, chosen))


@needs(Permission.MANAGE)
@require_POST
def save_uri(request: HttpRequest, pk: str, guide_id: str, field: str) -> HttpResponse:
    application, chosen = _find(pk, guide_id)
    fields = _live_uris(application, chosen)
    live = fields.get(field)
    if live is None:
        raise Http404
    _save(request, application, live)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "console/guides/_live_uri.html", {"live": live})
    if live.just_saved:
        messages.success(request, f"{live.label} saved.")
        return redirect(reverse("console:application-guide", args=[pk, guide_id]) + f"#{field}")
    return _page(request, application, chosen, fields)


@needs(Permission.MANAGE)
@require_POST
def allow_origins(request: HttpRequest, pk: str, guide_id: str) -> HttpResponse:
    application, chosen = _find(pk, guide_id)
    wanted = [*application.cors_allowed_origin_list, *chosen.allowed_origins]
    update_application(by=administrator(request).audit_name, application=application, allowed_origins=wanted)
    if request.htmx:  # type: ignore[attr-defined]
        return render(
            request, "console/guides/_origins.html", {"app": application, "guide": chosen, "origins_allowed": True}
        )
    messages.success(request, "The origins are allowed.")
    return redirect(reverse("console:application-guide", args=[pk, guide_id]) + "#origins")


@needs(Permission.READ)
@require_safe
def first_use(request: HttpRequest, pk: str, guide_id: str) -> HttpResponse:
    """The checkpoint alone, for the page that waits."""
    application, chosen = _find(pk, guide_id)
    asked = request.GET.get("asked", "")
    context = {"app": application, "guide": chosen}
    context |= _waiting(application, asked=int(asked[:4]) if asked.isdecimal() else 0)
    return render(request, "console/guides/_first_use.html", context)


def _find(pk: str, guide_id: str) -> tuple[Application, catalogue.Guide]:
    application, chosen = managed_application(pk), catalogue.find(guide_id)
    if chosen is None or not chosen.fits(application):
        raise Http404
    return application, chosen


def _live_uris(application: Application, chosen: catalogue.Guide) -> dict[str, LiveUri]:
    lists = (
        ("redirect-uri", "Redirect URI", "redirect_uris", application.redirect_uri_list, chosen.redirect_uri),
        ("post-sign-out-uri", "Post sign-out redirect URI", "post_logout_redirect_uris",
         application.post_logout_redirect_uri_list, chosen.post_sign_out_uri),
    )  # fmt: skip
    trial = trial_uri(application)
    return {
        name: LiveUri(
            name, label, setting, [uri for uri in saved if uri != trial], default,
            reverse("console:application-guide-uri", args=[application.pk, chosen.id, name]),
            [uri for uri in saved if uri == trial],
        )
        for name, label, setting, saved, default in lists
        if default
    }  # fmt: skip


def _save(request: HttpRequest, application: Application, live: LiveUri) -> None:
    live.form = UriForm(request.POST)
    if not live.form.is_valid():
        return
    uri = live.form.cleaned_data["uri"]
    wanted = [uri, *(other for other in live.saved[1:] if other != uri)]
    try:
        update_application(
            by=administrator(request).audit_name, application=application, **{live.setting: [*wanted, *live.aside]}
        )
    except InvalidUri as error:
        live.form.add_error("uri", error.message.removeprefix(f"{error.uri}: "))
        return
    live.saved, live.just_saved = wanted, True


def _page(
    request: HttpRequest, application: Application, chosen: catalogue.Guide, fields: dict[str, LiveUri]
) -> HttpResponse:
    uris = {name: field.value for name, field in fields.items()}
    context = {
        "app": application,
        "guide": chosen,
        "live": fields,
        "steps": fill(chosen.steps, filling_for(application, uris)),
        "secret": None
        if application.is_public
        else application.secrets.order_by(F("shown_at").asc(nulls_first=True), "created_at").first(),
        "origins_allowed": set(chosen.allowed_origins) <= set(application.cors_allowed_origin_list),
        "is_new": "new" in request.GET,
        "verified_note": render_guide(chosen.verified.note) if chosen.verified else "",
    }
    return render(request, "console/guides/page.html", context | _waiting(application, asked=0))


def _waiting(application: Application, *, asked: int) -> dict[str, Any]:
    """What the checkpoint shows after it was asked so often, and in how many seconds (0: never) it asks again."""
    return {
        "first_use": find_first_use(application),
        "asked": asked + 1,
        "wait": _PATIENCE[min(asked // 20, len(_PATIENCE) - 1)],
    }
