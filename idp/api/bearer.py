"""Who calls the Account API: the person whose opaque access token it is, through one of their apps (Logto section 5.10)."""

import re
from dataclasses import dataclass

from django.http import HttpRequest

from idp.api import cors
from idp.api.errors import (
    AuthorizationMissing,
    InvalidToken,
    ScopeMissing,
    ThirdPartyForbidden,
    TokenTypeUnsupported,
)
from idp.applications import clients
from idp.applications.models import Application
from idp.signin.account_center import require_editable, require_enabled, require_visible
from idp.signin.errors import ActedFor
from idp.signin.proofs import Owner
from idp.tokens import services as tokens

PROOF_HEADER = "logto-verification-id"
_RECORD = re.compile(r"[0-9a-z]{21}")
SESSIONS = "urn:logto:scope:sessions"
TRUSTED_DEVICES = "urn:logto:scope:trusted_devices"


@dataclass(frozen=True)
class Caller:
    """The person, what their app may know of them, and the app."""

    owner: Owner
    scopes: frozenset[str]
    application: Application

    def require_scope(self, *scopes: str) -> None:
        """Raises ScopeMissing."""
        if not self.scopes.issuperset(scopes):
            raise ScopeMissing

    def may_read(self, *fields: str, scope: str = "") -> None:
        """Raises FieldNotEnabled, ScopeMissing."""
        require_visible(self.owner.center, *fields)
        self.require_scope(*filter(None, [scope]))

    def may_write(self, *fields: str, scope: str = "") -> None:
        """Raises ThirdPartyForbidden, FieldNotEnabled, FieldNotEditable, ScopeMissing."""
        if self.application.is_third_party:
            raise ThirdPartyForbidden
        require_editable(self.owner.center, *fields)
        self.require_scope(*filter(None, [scope]))


def identify(request: HttpRequest) -> Caller:
    """Raises AuthorizationMissing, TokenTypeUnsupported, InvalidToken (JWTs are for other APIs), ScopeMissing, OriginRefused,
    AccountCenterDisabled, and ActedFor when somebody who acts for the person would change something."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        raise AuthorizationMissing
    if scheme.lower() != "bearer":
        raise TokenTypeUnsupported
    token = tokens.find_access_token(value.strip())
    client = clients.get(str(token.application_id)) if token is not None else None
    if token is None or client is None:
        raise InvalidToken
    cors.require_allowed_origin(request, client.application)
    scopes = frozenset(token.scope.split())
    if "openid" not in scopes:
        raise ScopeMissing(status=403)
    owner = Owner(
        token.user, proof=_named_proof(request),
        session_id=token.grant.session_id if token.grant else "", grant_id=token.grant_id or "",
        is_acted_for=token.act is not None,
    )  # fmt: skip
    require_enabled(owner.center)
    if owner.is_acted_for and request.method not in ("GET", "HEAD"):
        raise ActedFor
    return Caller(owner, scopes, client.application)


def _named_proof(request: HttpRequest) -> str:
    """The verification record that the app names; never a session, under whose name proofs of the account pages are kept."""
    name = request.headers.get(PROOF_HEADER, "")
    return name if _RECORD.fullmatch(name) else ""
