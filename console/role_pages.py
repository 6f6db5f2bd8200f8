"""Making, changing and deleting a role: the same pages for roles and for organization roles, each over its own services."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from console.access import administrator
from console.editing import answer, edit, stored
from console.forms.access import NewRoleForm, PermissionsForm, RoleForm
from idp.audit.models import EventFilter
from idp.lib.errors import DomainError


@dataclass(frozen=True)
class RolePages:
    """One kind of role. The templates in `templates` are detail, permissions and delete; the URLs are names."""

    model: Any
    create_role: Callable[..., Any]
    update_role: Callable[..., Any]
    delete_role: Callable[..., Any]
    noun: str
    list_label: str
    templates: str
    list_url: str
    role_url: str
    permissions_url: str

    def get(self, pk: str, *, lock: bool = False) -> Any:
        return stored(self.model, pk, lock=lock)

    def create(self, request: HttpRequest) -> HttpResponse:
        form = NewRoleForm(request.POST or None)
        if form.is_valid():
            try:
                role = self.create_role(by=administrator(request).audit_name, **form.cleaned_data)
            except DomainError as error:
                form.show_problem(error)
            else:
                messages.success(request, f"{role.name} is created. Choose what it allows.")
                return redirect(self.permissions_url, role.pk)
        context = {"form": form, "noun": self.noun, "list_label": self.list_label, "list_url": self.list_url}
        return render(request, "console/roles/create.html", context)

    def change(self, request: HttpRequest, pk: str) -> HttpResponse:
        def write(role: Any, form: RoleForm) -> bool:
            by = administrator(request).audit_name
            return form.is_taken_by(self.update_role, by=by, role=role, **form.cleaned_data)

        return self._edit(request, pk, RoleForm, write, columns=lambda form: form.fields, page="detail")

    def change_permissions(
        self,
        request: HttpRequest,
        pk: str,
        build: Callable[[Any, Any], PermissionsForm],
        write: Callable[[Any, PermissionsForm], None],
    ) -> HttpResponse:
        def save(role: Any, form: PermissionsForm) -> bool:
            write(role, form)
            return True

        return self._edit(request, pk, build, save, columns=lambda form: ["permissions"], page="permissions")

    def delete(self, request: HttpRequest, pk: str) -> HttpResponse:
        role = self.get(pk)
        if request.method == "POST":
            self.delete_role(by=administrator(request).audit_name, role=role)
            messages.success(request, f"{role.name} is deleted.")
            return redirect(self.list_url)
        return render(request, f"{self.templates}/delete.html", {"role": role, "role_url": self.role_url})

    def _edit(self, request: HttpRequest, pk: str, build: Any, write: Any, *, columns: Any, page: str) -> HttpResponse:
        role = self.get(pk)
        editing = edit(
            request, load=lambda lock: self.get(pk, lock=lock), build=build, write=write,
            about=EventFilter(subject=role.audit_name), columns=columns,
        )  # fmt: skip
        return answer(request, editing, f"{self.templates}/{page}.html", {"role": role})
