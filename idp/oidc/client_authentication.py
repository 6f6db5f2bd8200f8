"""Is this client who it says it is?"""

from collections.abc import Mapping

from idp.applications import clients
from idp.applications.clients import Client
from idp.applications.usage import note_use
from idp.oidc import client_assertion
from idp.oidc.credentials import Credentials, read_credentials
from idp.oidc.errors import OidcError


def authenticate(authorization: str, body: Mapping[str, str], *, secret_required: bool = False) -> Client:
    """The client of a request to the token, revocation or introspection endpoint.

    Confidential clients need a live secret; public ones must not send any. With `secret_required` public clients are
    refused. Raises OidcError: invalid_request, invalid_client (400 for an unknown client, 401 for a wrong proof).
    """
    if "client_assertion" in body or "client_assertion_type" in body:
        return _authenticate_by_assertion(authorization, body)
    credentials = read_credentials(authorization, body)
    if not credentials.client_id:
        raise OidcError("invalid_request", "no client authentication mechanism provided")
    client = clients.get(credentials.client_id)
    if client is not None and _problem(client, credentials, secret_required) is not None:
        client = clients.get(credentials.client_id, fresh=True)  # a secret may have been added a moment ago
    if client is None:
        raise OidcError("invalid_client", "client not found")
    if problem := _problem(client, credentials, secret_required):
        raise problem
    if not client.application.is_public:
        note_use(client.application.pk, credentials.secrets)
    return client


def claimed_client_id(authorization: str, body: Mapping[str, str]) -> str:
    """Who a request says it is from, before that is proved. Raises OidcError."""
    if body.get("client_assertion") and not body.get("client_id"):
        return client_assertion.claimed_client_id(body["client_assertion"])
    return read_credentials(authorization, body).client_id


def _authenticate_by_assertion(authorization: str, body: Mapping[str, str]) -> Client:
    if authorization.lower().startswith("basic ") or body.get("client_secret"):
        raise OidcError("invalid_request", "client authentication must only be provided using one mechanism")
    if body.get("client_assertion_type") != client_assertion.ASSERTION_TYPE or not body.get("client_assertion"):
        raise OidcError("invalid_request", "client_assertion_type must be jwt-bearer and come with a client_assertion")
    assertion = body["client_assertion"]
    client_id = client_assertion.claimed_client_id(assertion)
    if body.get("client_id", client_id) != client_id:
        raise OidcError("invalid_request", "subject of client_assertion must be the same as client_id")
    client = clients.get(client_id, fresh=True)
    if client is None:
        raise OidcError("invalid_client", "client not found")
    if client.application.is_public:
        raise OidcError("invalid_client", "client authentication failed", status=401)
    client_assertion.verify(assertion, client.application)
    return client


def _problem(client: Client, credentials: Credentials, secret_required: bool) -> OidcError | None:
    if client.application.is_public:
        if credentials.secrets or secret_required:
            return OidcError("invalid_client", "client authentication failed", status=401)
        return None
    if any(client.accepts_secret(secret) for secret in credentials.secrets):
        return None
    if any(client.knows_expired_secret(secret) for secret in credentials.secrets):
        return OidcError("invalid_request", "client secret has expired")
    return OidcError("invalid_client", "client authentication failed", status=401)
