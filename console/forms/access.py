"""Forms of API resources, roles and organization roles: they shape what was typed, the rules are the services'."""

from collections.abc import Iterable
from typing import Any

from django import forms

from console.forms.problems import ProblemForm
from idp.authorization.models import MANAGEMENT_API, Permission, Resource, Role
from idp.organizations.models import OrganizationPermission, OrganizationRole, RoleType

_CODE = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class NewResourceForm(ProblemForm):
    name = forms.CharField(label="API name", max_length=256)
    indicator = forms.CharField(
        label="API identifier", max_length=1024, widget=forms.TextInput(attrs={**_CODE, "placeholder": "https://api.example.com"}),
        help_text="An absolute URI. Tokens for this API carry it as their audience (aud), so it cannot be changed later.",
    )  # fmt: skip


class ResourceForm(ProblemForm):
    name = forms.CharField(label="API name", max_length=256)
    access_token_ttl = forms.IntegerField(
        label="Access tokens live for (seconds)", min_value=60, max_value=86400,
        help_text="60 to 86400. APIs check these tokens by themselves: what a role loses is gone when the token ends.",
    )  # fmt: skip
    is_default = forms.BooleanField(
        label="Default API", required=False,
        help_text="Stands in when an app asks for a token without naming an API. There is one at most.",
    )  # fmt: skip

    def __init__(self, resource: Resource, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(resource, name) for name in self.base_fields})


class PermissionForm(ProblemForm):
    name = forms.CharField(
        label="Permission", max_length=256, widget=forms.TextInput(attrs={**_CODE, "placeholder": "read:books"}),
        help_text="No spaces. Apps ask for it as a scope.",
    )  # fmt: skip
    description = forms.CharField(
        max_length=256, required=False, help_text="What people read who are asked whether an app may have it."
    )


class RoleForm(ProblemForm):
    name = forms.CharField(label="Role name", max_length=128)
    description = forms.CharField(max_length=256, required=False)

    def __init__(self, role: Role | OrganizationRole, data: Any = None) -> None:
        super().__init__(data, initial={"name": role.name, "description": role.description})
        if isinstance(role, Role) and role.type == RoleType.USER:
            self.fields["is_default"] = forms.BooleanField(
                label="Default role", required=False, initial=role.is_default,
                help_text="Everybody who is new from now on gets it.",
            )  # fmt: skip


class NewRoleForm(ProblemForm):
    name = forms.CharField(label="Role name", max_length=128)
    description = forms.CharField(max_length=256, required=False)
    type = forms.ChoiceField(
        label="Whom it is for", choices=RoleType.choices, widget=forms.RadioSelect, initial=RoleType.USER,
        help_text="Machines are machine-to-machine applications. This cannot be changed later.",
    )  # fmt: skip


class PermissionsForm(forms.Form):
    """A group of boxes for each API that has permissions, and one for permissions of organizations when they are given."""

    def __init__(
        self, held: Iterable[Permission], *, for_machines: bool, data: Any = None,
        organization_permissions: Iterable[OrganizationPermission] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data)
        found = Permission.objects.select_related("resource").order_by("resource__name", "resource_id", "name")
        self._known = list(found if for_machines else found.exclude(resource__indicator=MANAGEMENT_API))
        self._organization = {one.pk: one for one in OrganizationPermission.objects.all()}
        chosen = {permission.pk for permission in held}
        if organization_permissions is not None and self._organization:
            self.fields["organization"] = _boxes(
                "Permissions of the organization", self._organization.values(), {one.pk for one in organization_permissions}
            )  # fmt: skip
        for resource in {permission.resource.pk: permission.resource for permission in self._known}.values():
            own = [permission for permission in self._known if permission.resource_id == resource.pk]
            self.fields[f"api_{resource.pk}"] = _boxes(resource.name, own, chosen, help_text=resource.indicator)

    def permissions(self) -> list[Permission]:
        names = {pk for name, value in self.cleaned_data.items() if name.startswith("api_") for pk in value}
        return [permission for permission in self._known if permission.pk in names]

    def organization_permissions(self) -> list[OrganizationPermission]:
        return [self._organization[pk] for pk in self.cleaned_data.get("organization", ())]


class RolesForm(forms.Form):
    """Which of these roles somebody or something has."""

    roles = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, known: Iterable[Role] | Iterable[OrganizationRole], held: Iterable[Any], data: Any = None
    ) -> None:
        own = {role.pk for role in held}
        super().__init__(data, initial={"roles": sorted(own)})
        held_first = sorted(known, key=lambda role: role.pk not in own)
        self._known: dict[str, Any] = {role.pk: role for role in held_first}
        self.fields["roles"].choices = [(role.pk, _named(role)) for role in self._known.values()]  # type: ignore[attr-defined]

    def chosen(self) -> list[Any]:
        return [self._known[pk] for pk in self.cleaned_data["roles"]]


class HolderForm(forms.Form):
    who = forms.CharField(max_length=254, widget=forms.TextInput(attrs=_CODE))

    def __init__(self, type: str, data: Any = None) -> None:
        super().__init__(data)
        if type == RoleType.USER:
            self.fields["who"].label = "Person"
            self.fields["who"].help_text = "Their user ID, email address, phone number or username."
        else:
            self.fields["who"].label = "Machine-to-machine application"
            self.fields["who"].help_text = "Its App ID."


class MachineForm(HolderForm):
    """`roles` are those of a machine that was removed and comes back."""

    roles = forms.ModelMultipleChoiceField(
        OrganizationRole.objects.filter(type=RoleType.MACHINE), required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(RoleType.MACHINE, data)


class OrganizationPermissionForm(PermissionForm):
    def __init__(self, permission: OrganizationPermission | None = None, data: Any = None) -> None:
        super().__init__(
            data, initial={"name": permission.name, "description": permission.description} if permission else None
        )
        self.fields["name"].widget.attrs["placeholder"] = "invite:member"
        if permission:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = "Apps ask for it by this name, so it stays."


def _boxes(
    label: str, permissions: Iterable[Any], chosen: set[str], *, help_text: str = ""
) -> forms.MultipleChoiceField:
    known = list(permissions)
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text,
        choices=[(one.pk, _named(one)) for one in known],
        initial=[one.pk for one in known if one.pk in chosen],
    )  # fmt: skip


def _named(one: Any) -> str:
    return f"{one.name} ({one.description})" if one.description else str(one.name)
