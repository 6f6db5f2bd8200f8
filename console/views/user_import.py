"""Add many people from a file: upload, say what the columns are, try, start, watch."""

from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.access import Permission, administrator, needs
from console.forms.user_import import ImportFileForm, MappingForm
from idp.lib.errors import DomainError
from idp.users import importing
from idp.users.import_files import MOST_BYTES
from idp.users.models import UserImport

SHOWN = 20
PROBLEMS_SHOWN = 100


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    form = ImportFileForm(request.POST, request.FILES) if request.method == "POST" else ImportFileForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = importing.upload(
                by=administrator(request).audit_name, name=file.name, content=file.read(MOST_BYTES + 1)
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            return redirect("console:user-import", draft.pk)
    imports = UserImport.objects.defer("rows", "problems")[:SHOWN]
    return render(request, "console/users/imports.html", {"form": form, "imports": imports})


@needs(Permission.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: HttpRequest, import_id: str) -> HttpResponse:
    """A draft with its columns; a POST says what they are, and shows what would happen. Later, how far it is."""
    found = get_object_or_404(UserImport, pk=import_id)
    if found.status != UserImport.Status.DRAFT:
        context = {"import": found, "problems": found.problems[:PROBLEMS_SHOWN]}
        return render(request, "console/users/import_progress.html", context)
    form = MappingForm(found, request.POST or None)
    context = {"import": found, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            importing.set_mapping(draft=found, mapping=form.mapping())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            problems = list(importing.check(found))
            context |= {
                "checked": True, "problems": list(islice(problems, PROBLEMS_SHOWN)), "problem_count": len(problems),
                "good": found.total - len(problems),
            }  # fmt: skip
    return render(request, "console/users/import.html", context)


@needs(Permission.MANAGE)
@require_POST
def import_start(request: HttpRequest, import_id: str) -> HttpResponse:
    importing.start(by=administrator(request).audit_name, draft=get_object_or_404(UserImport, pk=import_id))
    return redirect("console:user-import", import_id)


@needs(Permission.MANAGE)
@require_POST
def import_discard(request: HttpRequest, import_id: str) -> HttpResponse:
    if importing.discard(by=administrator(request).audit_name, draft=get_object_or_404(UserImport, pk=import_id)):
        messages.success(request, "The file is thrown away.")
    return redirect("console:user-import-list")


@needs(Permission.MANAGE)
@require_safe
def import_progress(request: HttpRequest, import_id: str) -> HttpResponse:
    """The part of the page that asks again until it is done."""
    found = get_object_or_404(UserImport.objects.defer("rows"), pk=import_id)
    return render(
        request, "console/users/_import_progress.html", {"import": found, "problems": found.problems[:PROBLEMS_SHOWN]}
    )
