"""Collect user profile: what people are asked about themselves at sign-up, and in which order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.access import Permission, administrator, needs
from console.editing import edit
from console.forms.profile_fields import SUGGESTIONS, ProfileFieldForm
from console.ordering import places_to_move
from idp.audit.models import EventFilter
from idp.users import profile_fields
from idp.users.errors import ProfileFieldInvalid, ProfileFieldTaken
from idp.users.models import ProfileField


@needs(Permission.READ)
@require_http_methods(["GET", "HEAD"])
def field_list(request: HttpRequest) -> HttpResponse:
    return render(request, "console/experience/fields.html", {"fields": ProfileField.objects.all()})


@needs(Permission.MANAGE)
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


@needs(Permission.READ, Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    def load(lock: bool) -> ProfileField:
        return get_object_or_404(
            ProfileField.objects.select_for_update() if lock else ProfileField.objects.all(), pk=pk
        )

    def write(field: ProfileField, form: ProfileFieldForm) -> bool:
        try:
            profile_fields.update_field(by=administrator(request).audit_name, field=field, **form.changes())
        except ProfileFieldInvalid as error:
            form.show_problem(error)
            return False
        return True

    about = EventFilter(subject=f"profile-field:{pk}")
    editing = edit(request, load=load, build=ProfileFieldForm, write=write, about=about)
    if editing.saved:
        editing.announce(request)
        return redirect("console:experience-fields")
    return _page(request, editing.form, load(False), status=editing.status)


@needs(Permission.MANAGE)
@require_POST
def move(request: HttpRequest, pk: str) -> HttpResponse:
    """Up or down, by one place or as many as it was dragged."""
    names = [field.pk for field in ProfileField.objects.all()]
    if pk in names and request.POST.get("direction") in ("up", "down"):
        place = names.index(pk)
        step = places_to_move(request) * (-1 if request.POST["direction"] == "up" else 1)
        names.insert(max(0, place + step), names.pop(place))
        profile_fields.order_fields(by=administrator(request).audit_name, names=names)
        messages.success(request, f"It is number {names.index(pk) + 1} of {len(names)} now.")
    return redirect("console:experience-fields")


@needs(Permission.MANAGE)
@require_POST
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    field = ProfileField.objects.filter(pk=pk).first()
    if field is not None:
        profile_fields.delete_field(by=administrator(request).audit_name, field=field)
    messages.success(request, "People are not asked for it any more. Their answers are kept.")
    return redirect("console:experience-fields")


def _page(
    request: HttpRequest, form: ProfileFieldForm, field: ProfileField | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "field": field, "suggestions": SUGGESTIONS}
    return render(request, "console/experience/field.html", context, status=status)
