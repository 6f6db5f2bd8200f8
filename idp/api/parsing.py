"""Reading what was sent. What no database of ours can keep as text is refused here, for every field at once."""

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

_REFUSED = "A text has a NUL character, or half of a surrogate pair."


class TextParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """JSON can write both down (`\\u0000`, `\\ud800`); PostgreSQL keeps neither."""
        body: Any = super().parse_body(request)
        if b"\\u" in request.body and not _is_text(body):
            raise HttpError(400, _REFUSED)
        return body


def require_text(request: HttpRequest) -> None:
    """The same of the address. Raises HttpError."""
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        raise HttpError(400, _REFUSED)


def _is_text(value: Any) -> bool:
    if isinstance(value, str):
        return not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(_is_text(key) and _is_text(member) for key, member in value.items())
    return not isinstance(value, list) or all(_is_text(member) for member in value)
