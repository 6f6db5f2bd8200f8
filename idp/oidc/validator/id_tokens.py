import time
from typing import Any

from django.conf import settings

from idp.oidc.claims import id_token_claims
from idp.oidc.scopes import user_scopes
from idp.oidc.toolkit import Request
from idp.tokens.keys import keystore


class IdTokenMixin:
    """ID tokens (OpenID Connect Core section 2): signed here, never stored."""

    def get_id_token(self, token: dict[str, Any], token_handler: Any, request: Request) -> str:
        """`aud` is a plain string: the SDKs refuse an array. A refresh gives no `at_hash`."""
        application, grant = request.client, request.grant_row
        signer = keystore().signer(application.algorithm)
        now = int(time.time())
        claims = {
            **id_token_claims(request.user, user_scopes(" ".join(request.scopes))),
            "iss": settings.ISSUER,
            "aud": application.client_id,
            "iat": now,
            "exp": now + application.id_token_ttl,
            "auth_time": grant.auth_time,
        }
        if grant.amr:
            claims["amr"] = grant.amr  # RFC 8176
        if grant.acr:
            claims["acr"] = grant.acr
        # Not getattr: the toolkit's request has the parameters of its body as attributes, whatever their names.
        presented = vars(request).get("code_row") or vars(request).get("refresh_row")
        if presented is not None and presented.nonce:
            claims["nonce"] = presented.nonce
        if grant.session_id:
            claims["sid"] = grant.session_id  # names the session in back-channel logout
        if request.grant_type != "refresh_token":
            claims["at_hash"] = signer.half_hash(token["access_token"])
        return signer.sign(claims)
