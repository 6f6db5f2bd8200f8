"""All applications: the list, the gallery of frameworks, creating one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from console.access import Permission, administrator, may, needs
from console.forms.applications import CreateForm
from console.guides import catalogue
from console.guides import gallery as guide_gallery
from idp.applications.errors import InvalidSetting
from idp.applications.models import Application
from idp.applications.services import create_application

PAGE_SIZE = 20


@needs(Permission.READ)
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    third_party = request.GET.get("kind") == guide_gallery.THIRD_PARTY
    found = Application.objects.managed().filter(is_third_party=third_party)
    page = Paginator(found.search(search) if search else found, PAGE_SIZE).get_page(request.GET.get("page"))
    can_create = may(request, Permission.MANAGE)
    if can_create and not page.paginator.count and not Application.objects.managed().exists():
        return render(request, "console/applications/none.html", _gallery_context(request))
    gallery = reverse("console:application-gallery") + ("?category=third-party" if third_party else "")
    context = {"page": page, "search": search, "third_party": third_party, "gallery": gallery if can_create else ""}
    return render(request, "console/applications/list.html", context)


@needs(Permission.MANAGE)
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "console/applications/gallery.html", _gallery_context(request))


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    guide = _chosen_guide(request)
    form = CreateForm(request.POST or None, with_kind=guide is None)
    if form.is_valid() and (application := _create(request, form, guide)):
        return _go(request, application, guide)
    template = "console/applications/_create_form.html" if request.htmx else "console/applications/create.html"  # type: ignore[attr-defined]
    return render(request, template, {"form": form, "guide": guide})


def _create(request: HttpRequest, form: CreateForm, guide: catalogue.Guide | None) -> Application | None:
    try:
        return create_application(by=administrator(request).audit_name, **form.settings(), **_settings_of(guide))
    except InvalidSetting as error:
        form.refuse(error)
        return None


def _settings_of(guide: catalogue.Guide | None) -> dict[str, Any]:
    if guide is None:
        return {}
    return {
        "type": guide.type,
        "is_device_flow": guide.is_device_flow,
        "is_third_party": guide.is_third_party,
        "guide": guide.id if guide.has_steps else "",
        "allowed_origins": list(guide.allowed_origins),
    }


def _go(request: HttpRequest, application: Application, guide: catalogue.Guide | None) -> HttpResponse:
    if guide is not None and guide.has_steps:
        target = reverse("console:application-guide", args=[application.pk, guide.id]) + "?new=1"
    else:
        page = "detail" if application.is_public else "credentials"  # whose secret is to be seen, once
        target = reverse(f"console:application-{page}", args=[application.pk])
        messages.success(request, f"{application.name} is created.")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)  # type: ignore[attr-defined]


def _chosen_guide(request: HttpRequest) -> catalogue.Guide | None:
    guide_id = request.GET.get("guide", "")
    guide = catalogue.find(guide_id)
    if guide_id and guide is None:
        raise Http404
    return guide


def _gallery_context(request: HttpRequest) -> dict[str, Any]:
    chosen, words = request.GET.getlist("category"), request.GET.get("search", "").strip()
    categories = [(value, title, value in chosen) for value, title in guide_gallery.CATEGORIES.items()]
    return {"groups": guide_gallery.groups(chosen, words), "categories": categories, "words": words}
