"""Signing in by a link from an email (Logto section 5.9). Opening the link proves nothing: mail scanners open links too."""

from idp.audit.services import record
from idp.lib.errors import DomainError
from idp.signin import flow
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.verification import one_time_tokens
from idp.verification.errors import TokenEventMismatch
from idp.verification.lockout import guarded


def verify(interaction: Interaction, experience: SignInExperience, *, email: str, token_digest: str) -> None:
    """Use up the link: it proves the email address that it was sent to, as a code does.

    Raises TokenEventMismatch, Blocked, and what one_time_tokens.consume raises. Never inside a transaction.
    """
    if interaction.event == "ForgotPassword":
        raise TokenEventMismatch

    def prove() -> None:
        interaction.identifier = {"type": "email", "value": email}
        interaction.draft = {"method": "code"}
        interaction.proofs = {**interaction.proofs, "email": email, "link": email}
        interaction.save(update_fields=["identifier", "draft", "proofs"])

    with guarded("email", email, experience.lockout):
        try:
            one_time_tokens.consume(token_digest=token_digest, email=email, prove=prove)
        except DomainError as error:
            interaction.refresh_from_db()
            if interaction.proofs.get("email") != email or interaction.identifier.get("value") != email:
                record("user.sign_in_failed", succeeded=False, method="link", reason=error.code)
                raise  # unless the same form was sent twice


def sign_in_or_up(interaction: Interaction, experience: SignInExperience, *, email: str, token_digest: str) -> None:
    """As verify(); somebody unknown goes on to an account, where people may sign up with an email address."""
    if interaction.event == "ForgotPassword":
        interaction.event = "SignIn"
    verify(interaction, experience, email=email, token_digest=token_digest)
    owner = State(interaction, experience).owner
    is_new = owner is None or State(interaction, experience).created_here
    interaction.event = "Register" if is_new and flow.may_sign_up_with(experience, "email") else "SignIn"
    interaction.save(update_fields=["event"])
