from typing import Any

from idp.oidc.client_authentication import authenticate
from idp.oidc.errors import OidcError
from idp.oidc.toolkit import Request, errors


class ClientMixin:
    """Who calls the token endpoint, and may it use this grant type?"""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Always ask `authenticate_client`: it knows which clients are public."""
        return True

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Find and check the client; what was wrong is said in Logto's words, so this raises instead of answering False."""
        try:
            client = authenticate(request.headers.get("Authorization", ""), dict(request.decoded_body or []))
        except OidcError as error:
            raise OAuthRefusal(error) from error
        request.client = client.application
        request.client_id = client.application.client_id
        return True

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(client.allows_grant_type(grant_type))


class OAuthRefusal(errors.OAuth2Error):
    """Carries one of our errors through oauthlib."""

    def __init__(self, error: OidcError) -> None:
        self.error = error.error
        super().__init__(description=error.description, status_code=error.status)
