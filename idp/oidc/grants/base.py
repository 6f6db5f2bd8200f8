"""What every grant at the token endpoint has in common, in an order that a grant cannot change or forget."""

import json
from abc import ABC, abstractmethod
from typing import Any, final

from idp.oidc.toolkit import BearerToken, Request, errors
from idp.oidc.validator.storage import new_tokens
from idp.tokens.errors import AlreadyConsumed
from idp.tokens.services import NewTokens


class TokenGrant(ABC):
    """One grant type. A class that leaves out a phase cannot be made, so the server would not start."""

    with_refresh_token: bool

    def __init__(self, validator: Any) -> None:
        self.validator = validator

    @final
    def create_token_response(self, request: Request, issuer: BearerToken) -> tuple[dict[str, str], str, int]:
        """What oauthlib's token endpoint calls (RFC 6749 sections 5.1, 5.2)."""
        try:
            return {}, json.dumps(self._answer(request, issuer)), 200
        except errors.OAuth2Error as error:
            return error.headers, error.json, error.status_code

    def _answer(self, request: Request, issuer: BearerToken) -> dict[str, Any]:
        self.validator.authenticate_client(request)
        if not self.validator.validate_grant_type(request.client_id, request.grant_type, request.client, request):
            raise errors.UnauthorizedClientError(request=request)
        self.look(request)
        token: dict[str, Any] = issuer.create_token(request, refresh_token=self.with_refresh_token)
        token.update(self.extras(token, request))
        try:
            self.consume(request, new_tokens(token, request))
        except AlreadyConsumed as error:
            raise errors.InvalidGrantError(request=request) from error
        return token

    @abstractmethod
    def look(self, request: Request) -> None:
        """Find what is presented, refuse what is not good, and set `request.user` and `request.scopes`. Consume nothing."""

    @abstractmethod
    def extras(self, token: dict[str, Any], request: Request) -> dict[str, Any]:
        """What belongs to the answer beside the tokens of RFC 6749."""

    @abstractmethod
    def consume(self, request: Request, tokens: NewTokens) -> None:
        """Use up what was presented and store the tokens, in one transaction. Raises AlreadyConsumed."""


def param(request: Request, name: str) -> str:
    """A parameter of the body, "" when it is missing."""
    return str(dict(request.decoded_body or []).get(name, ""))


def required(request: Request, name: str) -> str:
    if not (value := param(request, name)):
        raise errors.InvalidRequestError(description=f"missing required parameter '{name}'", request=request)
    return value
