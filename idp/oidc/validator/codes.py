from typing import Any

from idp.oidc.toolkit import Request, errors
from idp.tokens import services as tokens


class CodeMixin:
    """Authorization codes: looked at here, used up when the tokens are stored."""

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Live, unused and of this client? A used one that comes again ends the grant (RFC 6749 section 4.1.2)."""
        found = tokens.find_code(code)
        if found is None or found.application_id != client_id:
            return False
        if found.consumed_at is not None:
            tokens.revoke_grant(grant=found.grant, reason="authorization code used twice")
            return False
        if found.is_expired() or found.grant.revoked_at is not None or found.user.is_suspended:
            return False
        request.code_row = found
        request.grant_row = found.grant
        request.user = found.user
        request.nonce = found.nonce or None
        request.scopes = found.scope.split()
        return True

    def get_code_challenge(self, code: str, request: Request) -> str | None:
        """A missing verifier is a failed proof like a wrong one, so it is invalid_grant (RFC 7636 section 4.6).

        So is one for which there is no challenge: somebody took it out of the authorization request (RFC 9700 section 2.1.1).
        """
        challenge: str = request.code_row.code_challenge
        if bool(challenge) != bool(request.code_verifier):
            raise errors.InvalidGrantError(description="PKCE verification failed", request=request)
        return challenge or None

    def get_code_challenge_method(self, code: str, request: Request) -> str | None:
        return request.code_row.code_challenge_method or None

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        """The authorization endpoint has required it; a code without a challenge belongs to a confidential client."""
        return False

    def get_default_redirect_uri(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> str | None:
        """None: the parameter is always in the authorization request's record, so it must be here as well."""
        return None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        if redirect_uri != request.code_row.redirect_uri:
            # The toolkit would say invalid_request; RFC 6749 section 5.2 says invalid_grant.
            raise errors.InvalidGrantError(description="redirect_uri mismatch", request=request)
        return True

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Request
    ) -> str | None:
        return request.code_row.nonce or None

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do: storing the tokens has used it up."""
