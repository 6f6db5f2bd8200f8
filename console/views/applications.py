"""All applications: the list, the gallery of frameworks, creating one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from console.access import administrator, staff_required
from console.forms.applications import CreateForm
from console.guides import catalogue
from console.guides import gallery as guide_gallery
from idp.applications.errors import InvalidSetting
from idp.applications.models import Application
from idp.applications.services import create_application

PAGE_SIZE = 20


@require_safe
@staff_required
def application_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    found = Application.objects.managed()
    if search:
        found = found.search(search)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    if not page.paginator.count and not search:
        return render(request, "console/applications/none.html", _gallery_context(request))
    return render(request, "console/applications/list.html", {"page": page, "search": search})


@require_safe
@staff_required
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "console/applications/gallery.html", _gallery_context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def create(request: HttpRequest) -> HttpResponse:
    guide = _chosen_guide(request)
    form = CreateForm(request.POST or None, with_type=guide is None)
    if form.is_valid() and (application := _create(request, form, guide)):
        return _go(request, application, guide)
    template = "console/applications/_create_form.html" if request.htmx else "console/applications/create.html"  # type: ignore[attr-defined]
    return render(request, template, {"form": form, "guide": guide})


def _create(request: HttpRequest, form: CreateForm, guide: catalogue.Guide | None) -> Application | None:
    values: dict[str, Any] = dict(form.cleaned_data)
    if guide is not None:
        values |= {"type": guide.type, "guide": guide.id, "allowed_origins": list(guide.allowed_origins)}
    try:
        return create_application(by=administrator(request).audit_name, **values)
    except InvalidSetting as error:
        form.add_error(error.field, error.message)
        return None


def _go(request: HttpRequest, application: Application, guide: catalogue.Guide | None) -> HttpResponse:
    if guide is not None:
        target = reverse("console:application-guide", args=[application.pk, guide.id]) + "?new=1"
    else:
        target = reverse("console:application-detail", args=[application.pk])
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
