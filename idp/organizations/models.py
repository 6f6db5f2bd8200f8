from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from idp.lib.ids import short_id, standard_id

AUDIENCE_PREFIX = "urn:logto:organization:"


class RoleType(models.TextChoices):
    """Who can hold a role. People and machines never share one, so that neither gets what was meant for the other."""

    USER = "User", "For people"
    MACHINE = "MachineToMachine", "For machines"


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def of(self, user_id: str) -> "OrganizationQuerySet":
        """Those that somebody is a member of, by name."""
        return self.filter(memberships__user=user_id).order_by("name", "pk")

    def search(self, text: str) -> "OrganizationQuerySet":
        return self.filter(models.Q(name__icontains=text) | models.Q(pk=text))


class Organization(models.Model):
    """People who belong together. `color`, `branding` and `custom_css` are what the hosted pages have instead when a request
    names the organization (`organization_id`), in the shapes of the sign-in experience.
    """

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    name = models.CharField(max_length=128)
    description = models.CharField(max_length=256, blank=True, default="")
    custom_data = models.JSONField(default=dict, blank=True)
    color = models.JSONField(default=dict, blank=True)
    branding = models.JSONField(default=dict, blank=True)
    custom_css = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = OrganizationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"organization:{self.pk}"

    @property
    def audience(self) -> str:
        """Of a token for this organization."""
        return f"{AUDIENCE_PREFIX}{self.pk}"


class OrganizationPermission(models.Model):
    """A scope of an organization's token, such as `invite:member`: the same ones for every organization."""

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    name = models.CharField(max_length=256, unique=True)
    description = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"organization_permission:{self.pk}"


class OrganizationRole(models.Model):
    """What members of an organization may do there: the same roles for every organization, held in each one separately."""

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    name = models.CharField(max_length=128, unique=True)
    description = models.CharField(max_length=256, blank=True, default="")
    type = models.CharField(max_length=16, choices=RoleType.choices, default=RoleType.USER)
    created_at = models.DateTimeField(auto_now_add=True)
    permissions: Any = models.ManyToManyField(OrganizationPermission, related_name="roles", blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"organization_role:{self.pk}"


class Membership(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    roles: Any = models.ManyToManyField(OrganizationRole, related_name="memberships", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "user"], name="member_once")]
        indexes: ClassVar = [models.Index(fields=["organization", "-created_at", "-id"], name="member_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.organization_id}"


def find_organization(pk: str) -> Organization | None:
    """By the id that a request names; None for one that is unknown, which changes nothing but how a page looks."""
    return Organization.objects.filter(pk=pk).first() if pk else None
