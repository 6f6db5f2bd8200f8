"""Collect user profile: what people are asked about themselves at sign-up, and in which order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.access import administrator, staff_required
from console.forms.profile_fields import SUGGESTIONS, ProfileFieldForm
from idp.users import profile_fields
from idp.users.errors import ProfileFieldInvalid, ProfileFieldTaken
from idp.users.models import ProfileField


@staff_required
@require_http_methods(["GET", "HEAD"])
def field_list(request: HttpRequest) -> HttpResponse:
    return render(request, "console/experience/fields.html", {"fields": ProfileField.objects.all()})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = ProfileFieldForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            profile_fields.create_field(by=administrator(request).audit_name, **form.changes())
        except ProfileFieldInvalid as error:
            form.show_problem(error)
        except ProfileFieldTaken as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, "People are asked for it from now on.")
            return redirect("console:experience-fields")
    return _page(request, form, None)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    field = get_object_or_404(ProfileField, pk=pk)
    form = ProfileFieldForm(field, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            profile_fields.update_field(by=administrator(request).audit_name, field=field, **form.changes())
        except ProfileFieldInvalid as error:
            form.show_problem(error)
        else:
            messages.success(request, "The changes are saved.")
            return redirect("console:experience-fields")
    return _page(request, form, field)


@staff_required
@require_POST
def move(request: HttpRequest, pk: str) -> HttpResponse:
    """One place up or down; the button that was pressed keeps the focus."""
    names = [field.pk for field in ProfileField.objects.all()]
    if pk in names and request.POST.get("direction") in ("up", "down"):
        place = names.index(pk)
        names.insert(max(0, place + (-1 if request.POST["direction"] == "up" else 1)), names.pop(place))
        profile_fields.order_fields(by=administrator(request).audit_name, names=names)
    return redirect("console:experience-fields")


@staff_required
@require_POST
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    field = ProfileField.objects.filter(pk=pk).first()
    if field is not None:
        profile_fields.delete_field(by=administrator(request).audit_name, field=field)
    messages.success(request, "People are not asked for it any more. Their answers are kept.")
    return redirect("console:experience-fields")


def _page(request: HttpRequest, form: ProfileFieldForm, field: ProfileField | None) -> HttpResponse:
    context = {"form": form, "field": field, "suggestions": SUGGESTIONS}
    return render(request, "console/experience/field.html", context)
