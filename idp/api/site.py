"""One NinjaAPI with one form of error: {code, message, data}."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from idp.api.account import router as account
from idp.api.account_access import router as account_access
from idp.api.account_factors import router as account_factors
from idp.api.experience import router as experience
from idp.api.mfa import router as mfa
from idp.api.passkeys import router as passkeys
from idp.api.verifications import router as verifications
from idp.api.webhooks import router as webhooks
from idp.api.well_known import router as well_known
from idp.lib.errors import DomainError

logger = logging.getLogger(__name__)
api = NinjaAPI(title="Latchkey", urls_namespace="api", docs_url=None, openapi_url=None)
api.add_router("/experience", experience)
api.add_router("/experience", mfa)
api.add_router("/my-account", account)
api.add_router("/my-account", account_access)
api.add_router("/my-account", account_factors)
api.add_router("/verifications", verifications)
api.add_router("/experience", passkeys)
api.add_router("/webhooks", webhooks)
api.add_router("/.well-known", well_known)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.detail:
        logger.info("%s", error)
    return _answer(request, error.code, error.message, error.status, error.data)


@api.exception_handler(ValidationError)
def invalid_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was wrong, without what was sent: that may be a password."""
    problems = [{"path": list(problem["loc"])[1:], "message": problem["msg"]} for problem in error.errors]
    return _answer(request, "guard.invalid_input", "The request is not in the right form.", 400, {"issues": problems})


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return _answer(request, "guard.invalid_input", str(error), error.status_code, {})


def _answer(request: HttpRequest, code: str, message: str, status: int, data: Any) -> HttpResponse:
    body = {"code": code, "message": message, **({"data": data} if data else {})}
    response = api.create_response(request, body, status=status)
    response["Cache-Control"] = "no-store"
    return response
