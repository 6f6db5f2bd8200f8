from typing import ClassVar

from django.db import models

from idp.lib.ids import standard_id


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


class Permission(models.Model):
    """A scope of an API resource, such as `read:books`."""

    id = models.CharField(primary_key=True, max_length=21, default=standard_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="permissions")
    name = models.CharField(max_length=256)
    description = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "name"], name="permission_once_per_resource")
        ]

    def __str__(self) -> str:
        return self.name
