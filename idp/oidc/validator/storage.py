from typing import Any

from idp.oidc.toolkit import Request, errors
from idp.tokens import services as tokens
from idp.tokens.errors import AlreadyConsumed
from idp.tokens.services import NewTokens


def new_tokens(token: dict[str, Any], request: Request) -> NewTokens:
    """What of a token answer has to be stored: no JWT, and no refresh token that is stored already."""
    fresh = token.get("refresh_token", "")
    return NewTokens(
        access_token="" if request.token_spec.audience else token["access_token"],
        access_token_scope=token["scope"],
        expires_in=token["expires_in"],
        refresh_token="" if fresh == request.refresh_token else fresh,
    )


class StorageMixin:
    """The last word of a token request: consume what was presented and store what is handed out, in one transaction."""

    def save_bearer_token(self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        if request.grant_type == "client_credentials":
            return  # a JWT, for nobody: there is nothing to store
        new = new_tokens(token, request)
        try:
            if request.grant_type == "authorization_code":
                tokens.redeem_code(code=request.code_row, application=request.client, tokens=new)
            else:
                tokens.redeem_refresh_token(token=request.refresh_row, application=request.client, tokens=new)
        except AlreadyConsumed as error:
            raise errors.InvalidGrantError(request=request) from error

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Unknown scopes are dropped, not refused: SDKs send one list for all resources."""
        return True

    def get_default_scopes(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        return []
