"""Reading what was sent. What no database of ours can keep as text is refused here, for every field at once."""

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
