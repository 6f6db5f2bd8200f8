"""Collect user profile: what people are asked about themselves at sign-up, and in which order."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.access import Permission, administrator, needs
from console.editing import edit, stored
from console.forms.profile_fields import SUGGESTIONS, ProfileFieldForm
from console.ordering import announce_moved, is_outdated, moved
from console.undo import announce_done, opposite
from idp.audit.models import EventFilter
from idp.users import profile_fields
from idp.users.errors import ProfileFieldInvalid, ProfileFieldTaken
from idp.users.models import ProfileField

_SALT = "console.profile_fields"
_RESTORABLE = timedelta(hours=1)


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
    def write(field: ProfileField, form: ProfileFieldForm) -> bool:
        try:
            profile_fields.update_field(by=administrator(request).audit_name, field=field, **form.changes())
        except ProfileFieldInvalid as error:
            form.show_problem(error)
            return False
        return True

    about = EventFilter(subject=f"profile-field:{pk}")
    editing = edit(
        request, load=lambda lock: stored(ProfileField, pk, lock=lock), build=ProfileFieldForm, write=write, about=about
    )
    if editing.saved:
        editing.announce(request)
        return redirect("console:experience-fields")
    return _page(request, editing.form, get_object_or_404(ProfileField, pk=pk), status=editing.status)


@needs(Permission.MANAGE)
@require_POST
def move(request: HttpRequest, pk: str, direction: str) -> HttpResponse:
    """Up or down, by one place or as many as it was dragged."""
    before = [field.pk for field in ProfileField.objects.all()]
    if pk in before and not is_outdated(request, before):
        after = moved(request, before, pk, up=direction == "up")
        profile_fields.order_fields(by=administrator(request).audit_name, names=after)
        text = f"It is number {after.index(pk) + 1} of {len(after)} now."
        announce_moved(request, text, name="experience-field-move", pk=pk, before=before, after=after)
    return redirect("console:experience-fields")


@needs(Permission.MANAGE)
@require_POST
def delete(request: HttpRequest, pk: str) -> HttpResponse:
    field = ProfileField.objects.filter(pk=pk).first()
    if field is None:
        messages.warning(request, "It was deleted already.")
        return redirect("console:experience-fields")
    back = opposite("experience-field-restore", definition=signing.dumps(_definition(field), salt=_SALT))
    profile_fields.delete_field(by=administrator(request).audit_name, field=field)
    announce_done(request, "People are not asked for it any more. Their answers are kept.", back)
    return redirect("console:experience-fields")


@needs(Permission.MANAGE)
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Ask again for what was deleted a moment ago, at its place. The definition is one that this page gave out."""
    try:
        definition = signing.loads(request.POST.get("definition", ""), salt=_SALT, max_age=_RESTORABLE)
    except signing.BadSignature as error:
        raise Http404 from error
    try:
        profile_fields.create_field(by=administrator(request).audit_name, **definition)
    except ProfileFieldTaken:
        messages.warning(request, "Somebody added a field for the same key since. It stays as it is.")
    else:
        announce_done(request, f"People are asked for “{definition['label']}” again.")
    return redirect("console:experience-fields")


def _definition(field: ProfileField) -> dict[str, Any]:
    """The arguments of create_field that make the same again."""
    return {
        "name": field.pk, "type": field.type, "label": field.label, "labels": field.labels, "description": field.description,
        "required": field.required, "config": field.config, "place": field.sie_order,
    }  # fmt: skip


def _page(
    request: HttpRequest, form: ProfileFieldForm, field: ProfileField | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "field": field, "suggestions": SUGGESTIONS}
    return render(request, "console/experience/field.html", context, status=status)
