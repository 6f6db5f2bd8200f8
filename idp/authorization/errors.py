from idp.lib.errors import DomainError


class InvalidResource(DomainError):
    """`field` is the JSON path of the setting that is wrong."""

    code = "resource.invalid_setting"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
