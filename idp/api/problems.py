"""The one form of error of every API here: {code, message, data}."""

import logging
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from idp.api.management.paging import PARAMETERS
from idp.lib.errors import DomainError

logger = logging.getLogger(__name__)


def install(api: NinjaAPI) -> None:
    """Let this API answer what goes wrong in this form."""

    def answer(request: HttpRequest, code: str, message: str, status: int, data: Any) -> HttpResponse:
        body = {"code": code, "message": message, **({"data": data} if data else {})}
        response = api.create_response(request, body, status=status)
        response["Cache-Control"] = "no-store"
        return response

    @api.exception_handler(DomainError)
    def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
        if error.detail:
            logger.info("%s", error)
        return answer(request, error.code, error.message, error.status, error.data)

    @api.exception_handler(ValidationError)
    def invalid_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
        """What was wrong, without what was sent: that may be a password."""
        problems = [{"path": list(problem["loc"])[1:], "message": problem["msg"]} for problem in error.errors]
        if _is_about_pages(error.errors):
            code, message = "guard.invalid_pagination", "page begins with 1, page_size is 1 to 100."
        else:
            code, message = "guard.invalid_input", "The request is not in the right form."
        return answer(request, code, message, 400, {"issues": problems})

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        """A body that is no JSON."""
        return answer(request, "guard.invalid_input", str(error), error.status_code, {})


def _is_about_pages(problems: Iterable[dict[str, Any]]) -> bool:
    return all(problem["loc"][0] == "query" and problem["loc"][-1] in PARAMETERS for problem in problems)
