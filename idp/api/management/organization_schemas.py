"""The bodies of /organizations, /organization-roles and /organization-scopes."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from idp.api.management.role_schemas import Description, Ids, Kind, Name
from idp.api.schemas import Body, Text


class OrganizationChanges(Body):
    """What is named changes; null sets it back."""

    name: Name | None = None
    description: Description | None = None
    customData: dict[str, Any] | None = None
    color: dict[str, Any] | None = None
    branding: dict[str, Any] | None = None
    customCss: str | None = None


class NewOrganization(OrganizationChanges):
    name: Name


class OrganizationQuery(Schema):
    """`q` is part of a name, or an id."""

    q: str = ""
    showFeatured: bool = False


class MemberQuery(Schema):
    """`q` searches as the console does: any part of an id, a name or an identifier."""

    q: str = ""
    organizationRoleId: str = ""


class Q(Schema):
    q: str = ""


class OrganizationRoleIds(Body):
    organizationRoleIds: Ids


class MemberRoles(Body):
    """By id, by name, or both."""

    organizationRoleIds: Ids = []
    organizationRoleNames: Ids = []


class RolesOfUsers(OrganizationRoleIds):
    userIds: Ids


class RolesOfApplications(OrganizationRoleIds):
    applicationIds: Ids


class NewOrganizationRole(Body):
    name: Name
    description: Description | None = None
    type: Kind = "User"
    organizationScopeIds: Ids = []
    resourceScopeIds: Ids = []


class OrganizationRoleChanges(Body):
    name: Name | None = None
    description: Description | None = None


class NewOrganizationScope(Body):
    name: Text
    description: str | None = None


class OrganizationScopeChanges(Body):
    """The name is what apps check tokens by, and stays."""

    name: Annotated[str, Field(max_length=256)] | None = None
    description: str | None = None


class OrganizationScopeIds(Body):
    organizationScopeIds: Ids
