"""Grant, redeem, refresh and revoke. Everything has been validated by the protocol before; each function consumes once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from idp.applications.models import Application, ApplicationType
from idp.audit.services import record
from idp.lib.ids import digest, opaque_token
from idp.lib.lookup import Lookup
from idp.lib.statements import Consumption, Insertion
from idp.tokens.errors import AlreadyConsumed
from idp.tokens.models import AccessToken, AuthorizationCode, Grant, RefreshToken
from idp.users.models import User

CODE_LIFETIME = timedelta(seconds=60)
GRANT_LIFETIME = timedelta(days=180)
# SDKs refresh for several resources at once with the same token; a consumed one answers that long.
REUSE_WINDOW = timedelta(seconds=3)
CHAIN_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class NewTokens:
    """What is to be stored when tokens are handed out; an empty access token is a JWT, which is not stored."""

    access_token: str
    access_token_scope: str
    expires_in: int  # seconds
    refresh_token: str


@transaction.atomic
def issue_code(
    *, user: User, application: Application, session_id: str, auth_time: int, scope: str, resource: list[str],
    redirect_uri: str, code_challenge: str, nonce: str, amr: list[str], acr: str = "",
) -> str:  # fmt: skip
    """Record what the person grants the client, and return an authorization code for it (RFC 6749 section 4.1.2)."""
    grant = create_grant(
        user=user, application=application, session_id=session_id, auth_time=auth_time, amr=amr, acr=acr, scope=scope,
        resource=resource,
    )  # fmt: skip
    code = opaque_token()
    AuthorizationCode.objects.create(
        grant=grant, user=user, application=application, code=digest(code), expires=timezone.now() + CODE_LIFETIME,
        scope=scope, redirect_uri=redirect_uri, resource=resource, nonce=nonce, code_challenge=code_challenge,
        code_challenge_method="S256" if code_challenge else "",
    )  # fmt: skip
    return code


@transaction.atomic(savepoint=False)
def create_grant(
    *, user: User, application: Application, session_id: str, auth_time: int, amr: list[str], scope: str,
    resource: list[str], acr: str = "",
) -> Grant:  # fmt: skip
    """What the person allows the client from now on; a surplus of older grants ends."""
    now = timezone.now()
    if application.max_allowed_grants is not None:
        # Two at once: one after the other, or neither sees a surplus.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
    grant = Grant.objects.create(
        user=user, application=application, session_id=session_id, scope=scope, resource=resource, auth_time=auth_time,
        amr=amr, acr=acr, expires_at=now + GRANT_LIFETIME,
    )  # fmt: skip
    _end_surplus(user, application, now)
    record(
        "grant.created",
        by=user.audit_name,
        target=application.audit_name,
        grant=grant.pk,
        scope=scope,
        resource=resource,
    )
    return grant


def _end_surplus(user: User, application: Application, now: datetime) -> None:
    """`max_allowed_grants`: the person's oldest grants for this application end."""
    if application.max_allowed_grants is None:
        return
    live = Grant.objects.filter(user=user, application=application, revoked_at=None, expires_at__gt=now)
    for grant in live.order_by("-created_at", "-pk")[application.max_allowed_grants :]:
        revoke_grant(grant=grant, reason="too many grants")


_CODES = Lookup(AuthorizationCode, "grant", "user", field="code")
_REFRESH_TOKENS = Lookup(RefreshToken, "grant", "user")
_ACCESS_TOKENS = Lookup(AccessToken, "grant", "user")
_CONSUMED = Consumption(RefreshToken, "consumed_at")
_NEW_REFRESH_TOKEN, _NEW_ACCESS_TOKEN = Insertion(RefreshToken), Insertion(AccessToken)


def find_code(code: str) -> AuthorizationCode | None:
    return _CODES.find(digest(code))


def redeem_code(*, code: AuthorizationCode, application: Application, tokens: NewTokens) -> None:
    """Use up the code and store its tokens; one caller succeeds. Raises AlreadyConsumed (the replay ends the grant)."""
    now = timezone.now()
    with transaction.atomic():
        if AuthorizationCode.objects.filter(pk=code.pk, consumed_at=None).update(consumed_at=now):
            store_tokens(
                code.grant, application, tokens, scope=code.scope, nonce=code.nonce, chain_started_at=now, now=now
            )
            record("grant.redeemed", by=application.audit_name, target=f"user:{code.user_id}", grant=code.grant_id)
            return
    revoke_grant(grant=code.grant, reason="authorization code used twice")
    raise AlreadyConsumed


def find_refresh_token(token: str) -> RefreshToken | None:
    return _REFRESH_TOKENS.find(digest(token))


def was_reused(token: RefreshToken) -> bool:
    """Consumed longer ago than parallel requests of one client explain."""
    return token.consumed_at is not None and token.consumed_at + REUSE_WINDOW < timezone.now()


def must_rotate(application: Application, token: RefreshToken) -> bool:
    """Logto's rule: public clients at each use, confidential ones in the last 30 % of its life; no chain beyond a year."""
    now = timezone.now()
    if not application.rotate_refresh_token or now - token.chain_started_at > CHAIN_LIFETIME:
        return False
    return application.is_public or now - token.created >= 0.7 * (token.expires - token.created)


def redeem_refresh_token(*, token: RefreshToken, application: Application, tokens: NewTokens) -> None:
    """Store the tokens of a refresh. When there is a new refresh token the old one is consumed, and is the last to say no.

    Raises AlreadyConsumed.
    """
    now = timezone.now()
    with transaction.atomic():
        if tokens.refresh_token and not _consume(token, now):
            reused = True
        else:
            reused = False
            expires = _successor_expiry(application, token, now)
            store_tokens(
                token.grant, application, tokens, scope=token.scope, nonce=token.nonce, now=now,
                chain_started_at=token.chain_started_at, refresh_expires=expires,
            )  # fmt: skip
    if reused:
        revoke_grant(grant=token.grant, reason="refresh token reused")
        raise AlreadyConsumed


@transaction.atomic
def revoke_grant(*, grant: Grant, reason: str, by: str = "") -> None:
    """End a grant with its code and all its tokens."""
    if Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(
            "grant.revoked",
            by=by,
            target=f"user:{grant.user_id}",
            grant=grant.pk,
            application=grant.application_id,
            reason=reason,
        )


@transaction.atomic
def revoke_token(*, token: AccessToken | RefreshToken, reason: str) -> None:
    """End a token with the grant it descends from (RFC 7009 section 2.1).

    One that its application got by token exchange ends alone: the grant, if it has one, is another application's.
    """
    grant = token.grant
    if grant is not None and grant.application_id == token.application_id:
        revoke_grant(grant=grant, reason=reason)
    elif token.delete()[0]:
        record("access_token.revoked", target=f"user:{token.user_id}", application=token.application_id, reason=reason)


def _consume(token: RefreshToken, now: datetime) -> bool:
    """True when the token was fresh or is within its reuse window."""
    if _CONSUMED.consume(token.pk, at=now):
        return True
    return RefreshToken.objects.filter(pk=token.pk, consumed_at__gte=now - REUSE_WINDOW).exists()


def _successor_expiry(application: Application, token: RefreshToken, now: datetime) -> datetime:
    """Browser apps keep the remaining lifetime; the others start a full one."""
    if application.type == ApplicationType.SPA:
        return token.expires
    return now + timedelta(days=application.refresh_token_ttl_days)


def store_tokens(
    grant: Grant, application: Application, tokens: NewTokens, *, scope: str, nonce: str, chain_started_at: datetime,
    now: datetime, refresh_expires: datetime | None = None,
) -> None:  # fmt: skip
    """The rows of tokens that are handed out; only inside the transaction that consumes what they are given for."""
    common = {"grant_id": grant.pk, "user_id": grant.user_id, "application_id": application.pk}
    if tokens.refresh_token:
        _NEW_REFRESH_TOKEN.insert(RefreshToken(
            token_checksum=digest(tokens.refresh_token), scope=scope, nonce=nonce, resource=grant.resource,
            chain_started_at=chain_started_at,
            expires=refresh_expires or now + timedelta(days=application.refresh_token_ttl_days), **common,
        ))  # fmt: skip
    if tokens.access_token:
        _NEW_ACCESS_TOKEN.insert(AccessToken(
            token_checksum=digest(tokens.access_token), scope=tokens.access_token_scope,
            expires=now + timedelta(seconds=tokens.expires_in), **common,
        ))  # fmt: skip


def find_access_token(token: str) -> AccessToken | None:
    """A live opaque token with its person and grant, in one statement. Expired, revoked and suspended ones are not found."""
    found = _ACCESS_TOKENS.find(digest(token))
    if found is None or found.is_expired() or found.user is None or found.user.is_suspended:
        return None
    return None if found.grant is not None and found.grant.revoked_at is not None else found
