"""Read the parameters of a protocol request, once and strictly (RFC 6749 section 3.1: none may be repeated)."""

import json
from collections.abc import Iterable

from django.http import HttpRequest, QueryDict

from idp.lib.storable import is_storable
from idp.oidc.errors import OidcError

MAX_BODY = 56 * 1024  # bytes
_REPEATABLE = {"resource", "audience"}  # RFC 8707 section 2, RFC 8693 section 2.1


def query_params(request: HttpRequest) -> QueryDict:
    return _checked(request.GET)


def body_params(request: HttpRequest) -> QueryDict:
    """The form of a POST; a JSON object is taken too. Raises OidcError."""
    if request.content_type != "application/json":
        return _checked(request.POST)
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise OidcError("invalid_request", "failed to parse the request body") from error
    if not isinstance(values, dict):
        raise OidcError("invalid_request", "the request body is not an object")
    params = QueryDict(mutable=True)
    for name, value in values.items():
        params.setlist(name, [_text(item) for item in (value if isinstance(value, list) else [value])])
    return _checked(params)


def _text(value: object) -> str:
    """As a form would have it; null is a parameter without a value."""
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    raise OidcError("invalid_request", "a parameter is neither a text nor a number")


def single(params: QueryDict) -> dict[str, str]:
    """One value for each name, for whoever does not care about the repeatable ones."""
    return {name: str(params[name]) for name in params}


def _checked(params: QueryDict) -> QueryDict:
    for name, values in params.lists():
        if not all(map(is_storable, (name, *values))):
            raise OidcError("invalid_request", "a parameter contains a null byte, or half of a surrogate pair")
        if len(values) > 1 and name not in _REPEATABLE:
            raise OidcError("invalid_request", f"'{name}' parameter must not be provided twice")
    return params


def resources(values: Iterable[str]) -> list[str]:
    """Repeated and comma-separated resource indicators, each once, in order."""
    return list(dict.fromkeys(part for value in values for part in value.split(",") if part))
