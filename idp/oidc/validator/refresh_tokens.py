from typing import Any

from idp.oidc.toolkit import Request
from idp.tokens import services as tokens


class RefreshTokenMixin:
    """Refresh tokens: looked at here, consumed when their successors are stored."""

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Live and of this client? Reuse beyond the window ends the grant (RFC 9700 section 4.14.2)."""
        found = tokens.find_refresh_token(refresh_token)
        if found is None or found.application_id != client.client_id:
            return False
        if tokens.was_reused(found):
            tokens.revoke_grant(grant=found.grant, reason="refresh token reused")
            return False
        if found.is_dead or found.user.is_suspended:
            return False
        request.refresh_row = found
        request.grant_row = found.grant
        request.user = found.user
        return True

    def get_original_scopes(self, refresh_token: str, request: Request, *args: Any, **kwargs: Any) -> str:
        return str(request.refresh_row.scope)

    def is_within_original_scope(
        self, request_scopes: list[str], refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Only called when a scope was asked for that the grant does not have: a refresh cannot widen it.

        `offline_access` is no more than the wish for a refresh token, which is here already. Libraries repeat the scope of
        their first request, though it did not count then.
        """
        if "offline_access" in request_scopes:
            request_scopes.remove("offline_access")
        return set(request_scopes) <= set(request.refresh_row.scope.split())

    def rotate_refresh_token(self, request: Request) -> bool:
        return tokens.must_rotate(request.client, request.refresh_row)

    def refresh_id_token(self, request: Request) -> bool:
        """An ID token with every refresh that has openid."""
        return True
