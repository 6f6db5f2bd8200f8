from idp.lib.errors import DomainError


class OrganizationInvalid(DomainError):
    """`field` is the setting that is wrong."""

    code = "organization.invalid_setting"
    status = 422

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OrganizationRoleInvalid(OrganizationInvalid):
    """A role or permission of organizations, or who may have it."""

    code = "organization_role.invalid_setting"
