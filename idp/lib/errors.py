"""The base of every error that this server raises on purpose."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class DomainError(Exception):
    """Something the caller did that cannot be done, safe to tell them.

    `code` is stable and machine-readable (Logto's codes where there is one), `message` is for people, `status` is the
    HTTP status an API answers with, `data` goes into the API body, and `detail` is only ever logged.

    Sentences are marked (`gettext_noop as _`) where they are written, and told in the language of the moment.
    """

    code = "request.general"
    message = _("Something went wrong.")
    status = 400

    def __init__(self, message: str = "", *, detail: str = "", **data: Any) -> None:
        self.message = gettext(message or self.message)
        self.detail = detail
        self.data: Any = data
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail or self.message}"
