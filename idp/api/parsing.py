"""Reading what was sent: bodies, of which what no database of ours can keep as text is refused for every field at once, and ids."""

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from idp.lib.storable import REFUSED, is_storable


class TextParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        body: Any = super().parse_body(request)
        if not is_storable(body):
            raise HttpError(400, REFUSED)
        return body


def number(identifier: str) -> int:
    """An id that the database counts; 0, which is nobody's, for what is no such number."""
    return int(identifier) if identifier.isascii() and identifier.isdecimal() and len(identifier) < 18 else 0
