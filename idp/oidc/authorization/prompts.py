"""What must still be asked of the person before the client gets an answer. First rule that applies wins."""

import time
from collections.abc import Callable

from idp.oidc.authorization.request import AuthorizationRequest
from idp.signin import acr
from idp.signin.models import Session
from idp.tokens.consents import has_consented

Rule = Callable[[AuthorizationRequest, Session | None], bool]


def needs_login(asked: AuthorizationRequest, session: Session | None) -> bool:
    return any(rule(asked, session) for rule in _LOGIN)


def nobody_is_signed_in(asked: AuthorizationRequest, session: Session | None) -> bool:
    return session is None


def client_wants_a_new_proof(asked: AuthorizationRequest, session: Session | None) -> bool:
    return bool({"login", "select_account"} & set(asked.prompts))


def proof_is_too_old(asked: AuthorizationRequest, session: Session | None) -> bool:
    """max_age, in seconds since the person last proved who they are."""
    if session is None or "max_age" not in asked.params:
        return False
    return time.time() - session.auth_time > int(asked.get("max_age"))


def hint_names_somebody_else(asked: AuthorizationRequest, session: Session | None) -> bool:
    """id_token_hint: the client expects a certain person."""
    return session is not None and bool(asked.hinted_subject) and asked.hinted_subject != session.user_id


def link_is_for_somebody_else(asked: AuthorizationRequest, session: Session | None) -> bool:
    """A sign-in link (one_time_token) for another email address than the one that is signed in."""
    if session is None or not asked.get("one_time_token"):
        return False
    return (session.user.primary_email or "") != asked.get("login_hint").strip().lower()


def needs_step_up(asked: AuthorizationRequest, session: Session) -> bool:
    """acr_values: the client wants a stronger sign-in than this one was (RFC 9470; OpenID Connect Core 3.1.2.1)."""
    return acr.level_of(session.amr) < acr.level_wanted(asked.get("acr_values"))


def needs_consent(asked: AuthorizationRequest, session: Session) -> bool:
    """A third-party application asks the person; once for what it was allowed, and again when it says `consent`."""
    if not asked.application.is_third_party:
        return False
    return "consent" in asked.prompts or not has_consented(
        user=session.user, application=asked.application, scopes=asked.scopes, resource=asked.resources
    )


_LOGIN: tuple[Rule, ...] = (
    nobody_is_signed_in,
    client_wants_a_new_proof,
    proof_is_too_old,
    hint_names_somebody_else,
    link_is_for_somebody_else,
)
