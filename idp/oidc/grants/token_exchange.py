"""`urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a token that names a person becomes one for this client."""

from typing import Any

from idp.oidc.grants.base import TokenGrant, param, required
from idp.oidc.scopes import user_scopes
from idp.oidc.toolkit import Request, errors
from idp.tokens import exchange
from idp.tokens.errors import AlreadyConsumed
from idp.tokens.services import NewTokens
from idp.tokens.subjects import ACCESS_TOKEN, READERS, Subject, find_subject


class TokenExchangeGrant(TokenGrant):
    with_refresh_token = False  # the subject token is presented again instead (RFC 8693 section 2.2.1)

    def look(self, request: Request) -> None:
        if param(request, "requested_token_type") not in ("", ACCESS_TOKEN):
            raise _refusal("only access tokens are issued", request)
        subject = _subject(request)
        request.subject = subject
        request.user = subject.user
        request.grant_row = subject.grant
        request.act = _actor(request, subject)
        request.scopes = [name for name in request.scopes or [] if _reaches(subject, name)]

    def extras(self, token: dict[str, Any], request: Request) -> dict[str, Any]:
        return {"issued_token_type": ACCESS_TOKEN}

    def consume(self, request: Request, tokens: NewTokens) -> None:
        try:
            exchange.exchange(
                subject=request.subject, act=request.act, application=request.client,
                audience=request.token_spec.audience, tokens=tokens,
            )  # fmt: skip
        except AlreadyConsumed as error:
            raise _refusal("subject_token was used before", request) from error


def _subject(request: Request) -> Subject:
    token, token_type = required(request, "subject_token"), required(request, "subject_token_type")
    if token_type not in READERS:
        raise _refusal("subject_token_type is not supported", request)
    subject = find_subject(token, token_type)
    if subject is None or subject.application_id not in ("", request.client.pk):
        raise _refusal("subject_token is invalid, expired, used, or of another application", request)
    return subject


def _actor(request: Request, subject: Subject) -> dict[str, Any] | None:
    """`act` (section 4.1): who acts for the person now, with those before them inside; without an actor those stay."""
    token, token_type = param(request, "actor_token"), param(request, "actor_token_type")
    if not token and not token_type:
        return subject.actor
    if not token or token_type != ACCESS_TOKEN:
        raise _refusal("actor_token and actor_token_type (an access token) must come together", request)
    actor = find_subject(token, ACCESS_TOKEN)
    if actor is None or "openid" not in (actor.scopes or ()):
        raise _refusal("actor_token must be a live access token with openid", request)
    if actor.actor is not None:
        raise _refusal("actor_token must be of somebody who acts for nobody", request)
    return {"sub": actor.user.pk, **({"act": subject.actor} if subject.actor else {})}


def _reaches(subject: Subject, scope: str) -> bool:
    """What a client learns about the person is never more than the presented token; permissions of APIs are the person's."""
    return subject.scopes is None or scope in subject.scopes or not user_scopes(scope)


def _refusal(description: str, request: Request) -> Exception:
    """RFC 8693 section 2.2.2: an invalid subject or actor token is an invalid request, unlike in other grants."""
    return errors.InvalidRequestError(description=description, request=request)
