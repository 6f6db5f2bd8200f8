"""The bodies of /roles and /resources, and of who has which role."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from idp.api.schemas import Body, Text

Ids = Annotated[list[Text], Field(max_length=1000)]
Name = Annotated[str, Field(min_length=1, max_length=128)]
Description = Annotated[str, Field(max_length=256)]
Kind = Literal["User", "MachineToMachine"]


class RoleIds(Body):
    roleIds: Ids


class ScopeIds(Body):
    scopeIds: Ids


class UserIds(Body):
    userIds: Ids


class ApplicationIds(Body):
    applicationIds: Ids


class RoleQuery(Schema):
    """Roles that this person or application does not have."""

    excludeUserId: str = ""
    excludeApplicationId: str = ""
    type: Kind | None = None


class NewRole(Body):
    name: Name
    description: Description = ""
    type: Kind = "User"
    isDefault: bool = False
    scopeIds: Ids = []


class RoleChanges(Body):
    name: Name | None = None
    description: Description | None = None
    isDefault: bool | None = None


class ResourceQuery(Schema):
    includeScopes: bool = False


class NewResource(Body):
    name: Annotated[str, Field(min_length=1, max_length=256)]
    indicator: Annotated[str, Field(min_length=1, max_length=1024)]
    accessTokenTtl: int = 3600


class ResourceChanges(Body):
    name: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    accessTokenTtl: int | None = None


class IsDefault(Body):
    isDefault: bool


class NewScope(Body):
    name: Text
    description: str | None = None


class ScopeChanges(Body):
    name: Text | None = None
    description: str | None = None
