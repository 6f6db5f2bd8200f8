from idp.lib.errors import DomainError


class InvalidResource(DomainError):
    """`field` is the JSON path of the setting that is wrong."""

    code = "resource.invalid_setting"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidPermission(DomainError):
    """A scope token is printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)."""

    code = "scope.name_with_space"
    message = "A permission has a name without spaces, such as read:books."


class PermissionExists(DomainError):
    code = "scope.name_exists"
    message = "There is a permission of this name already."
    status = 422


class ResourceExists(DomainError):
    code = "resource.resource_identifier_in_use"
    message = "There is an API resource with this identifier already."
    status = 422


class BuiltInResource(DomainError):
    """The Management API is this server itself."""

    code = "resource.cannot_modify_management_api"
    message = "The Management API is built in: it cannot be changed or deleted."


class InvalidRole(DomainError):
    """`field` is the setting that is wrong."""

    code = "role.invalid_setting"
    status = 422

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class RoleExists(InvalidRole):
    code = "role.name_in_use"

    def __init__(self) -> None:
        super().__init__("name", "There is a role of this name already.")


class ReservedRole(InvalidRole):
    code = "role.internal_role_violation"
    status = 403

    def __init__(self) -> None:
        super().__init__("name", "Names that begin with #internal: are reserved.")


class NotForPeople(DomainError):
    """With the Management API a person could make themself anything."""

    code = "role.management_api_scopes_not_assignable_to_user_role"
    message = "Permissions of the Management API are for roles of machines only."
    status = 403


class WrongRoleType(DomainError):
    """`code` says who it was meant for."""

    code = "user.invalid_role_type"
    message = "People and machines cannot hold the same roles."
    status = 422

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class NotWorkingThere(DomainError):
    """The machine was removed from the organization meanwhile."""

    code = "entity.not_found"
    message = "It does not work for this organization any more."
    status = 404
