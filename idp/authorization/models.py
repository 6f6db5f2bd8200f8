from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from idp.applications.models import Application
from idp.lib.ids import standard_id
from idp.organizations.models import Organization, OrganizationRole, RoleType

MANAGEMENT_API = "https://default.logto.app/api"  # the name that clients of Logto's Management API ask for
ALL = "all"  # the one permission of the Management API


class Resource(models.Model):
    """An API that tokens can be issued for (RFC 8707). `indicator` is the absolute URI that becomes the `aud` claim."""

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    name = models.CharField(max_length=256)
    indicator = models.CharField(max_length=1024, unique=True)
    access_token_ttl = models.PositiveIntegerField(default=3600)  # seconds
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_resource"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"resource:{self.pk}"

    @property
    def is_builtin(self) -> bool:
        return self.indicator == MANAGEMENT_API


class Permission(models.Model):
    """A scope of an API resource, such as `read:books`. `organization_roles` are those that hold it for their organization."""

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="permissions")
    name = models.CharField(max_length=256)
    description = models.TextField(blank=True, default="")
    organization_roles: Any = models.ManyToManyField(OrganizationRole, related_name="api_permissions", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "name"], name="permission_once_per_resource")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"permission:{self.pk}"


class Role(models.Model):
    """Permissions of APIs under one name, held by people or by machine-to-machine applications, whichever its type says.

    Everybody who is new gets the default roles.
    """

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    name = models.CharField(max_length=128, unique=True)
    description = models.CharField(max_length=256, blank=True, default="")
    type = models.CharField(max_length=16, choices=RoleType.choices, default=RoleType.USER)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    permissions: Any = models.ManyToManyField(Permission, related_name="roles", blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(type=RoleType.USER), name="default_roles_are_for_people"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"role:{self.pk}"


class UserRole(models.Model):
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="user_roles")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="user_roles")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "role"], name="user_holds_role_once")]
        indexes: ClassVar = [models.Index(fields=["role", "-created_at", "-id"], name="user_role_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role_id}"


class ApplicationRole(models.Model):
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="application_roles")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="application_roles")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "role"], name="application_holds_role_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} as {self.role_id}"


class ApplicationMembership(models.Model):
    """A machine-to-machine application that works for an organization, with the roles it has there."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="application_memberships")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="memberships")
    roles: Any = models.ManyToManyField(OrganizationRole, related_name="application_memberships", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "application"], name="application_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} of {self.organization_id}"
