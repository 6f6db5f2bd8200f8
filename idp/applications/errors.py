from idp.lib.errors import DomainError


class InvalidUri(DomainError):
    """`field` is the setting (redirectUris, postLogoutRedirectUris, corsAllowedOrigins), `uri` the refused value."""

    code = "application.invalid_uri"
    status = 400

    def __init__(self, field: str, uri: str, message: str) -> None:
        super().__init__(f"{uri}: {message}", field=field)
        self.field = field
        self.uri = uri


class InvalidSetting(DomainError):
    code = "application.invalid_setting"
    status = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)
        self.field = field


class SecretNameTaken(DomainError):
    code = "application.secret_name_exists"
    message = "There is a secret with this name already."
    status = 422


class BuiltinApplication(DomainError):
    code = "application.builtin"
    message = "This application belongs to Latchkey itself."
    status = 403


class SecretShown(DomainError):
    code = "application.secret_shown"
    message = "This secret was shown already, and is not shown again."
    status = 409
