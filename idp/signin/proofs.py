"""Is it really you? What a signed-in person must prove again before they may change how they sign in."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_noop as _

from connectors.ports import UsageType
from idp.audit.services import record
from idp.signin.errors import ActedFor, InvalidCredentials
from idp.signin.models import AccountCenter, Session, SignInExperience
from idp.users import identifiers, passwords
from idp.users.models import User
from idp.verification import person
from idp.verification import services as verification
from idp.verification.errors import CodeNotFound, ProofRequired
from idp.verification.lockout import guarded
from idp.verification.models import VerificationCode


@dataclass(frozen=True)
class Owner:
    """Who changes their own account, and the name that their proof is kept under.

    At the account pages that is their session; in the Account API it is the verification record that they name. The session
    and the grant that they come with go on when others are ended.
    """

    user: User
    proof: str
    session_id: str  # the session's `sid`
    grant_id: str = ""
    is_acted_for: bool = False  # by somebody else, with a token that says so: they look, and prove nothing

    @classmethod
    def in_browser(cls, session: Session) -> "Owner":
        return cls(session.user, proof=session.sid, session_id=session.sid)

    @cached_property
    def center(self) -> AccountCenter:
        return AccountCenter.load()

    def locked(self) -> User:
        """The person as they are now, theirs alone to change until the transaction ends: two removals at once see each other."""
        user: User = User.objects.select_for_update().get(pk=self.user.pk)
        return user


def ways_to_prove(user: User) -> list[str]:
    """`password`, `email`, `phone`: what this person has."""
    return [
        *(["password"] if user.has_password else []),
        *(kind for kind in identifiers.CODE_KINDS if recipient_of(user, kind)),
    ]


def recipient_of(user: User, kind: str) -> str:
    """Where a code to this person goes: their email address, or their phone's digits; empty when they have none."""
    return getattr(user, identifiers.COLUMNS[kind]) or ""


def require_proof(owner: Owner) -> None:
    """Raises ProofRequired, ActedFor. Somebody who has nothing to prove themself with need not (as in Logto)."""
    if owner.is_acted_for:
        raise ActedFor
    if ways_to_prove(owner.user):
        person.require(name=owner.proof, user_id=owner.user.pk)


def prove_with_password(*, owner: Owner, password: str) -> None:
    """Raises InvalidCredentials, Blocked. Never inside a transaction."""
    check_password(user=owner.user, password=password)
    _remember(owner, "password")


def check_password(*, user: User, password: str) -> None:
    """Guesses count where those at the sign-in page do. Raises InvalidCredentials, Blocked; never inside a transaction."""
    kind = next(kind for kind, column in identifiers.COLUMNS.items() if getattr(user, column))
    with guarded(kind, getattr(user, identifiers.COLUMNS[kind]), SignInExperience.load().lockout):
        if not passwords.verify(user, password):
            record("user.identity_check_failed", by=user.audit_name, target=user.audit_name, succeeded=False,
                   method="password")  # fmt: skip
            raise InvalidCredentials(_("This is not your password."))


def send_proof_code(*, user: User, kind: str) -> VerificationCode:
    """Send a code to an address that the person has. Raises ProofRequired without one, and as verification.send_code."""
    recipient = recipient_of(user, kind)
    if not recipient:
        raise ProofRequired
    return verification.send_code(
        interaction_id=_interaction(user), channel=kind, recipient=recipient,
        purpose=UsageType.USER_PERMISSION_VALIDATION, policy=SignInExperience.load().codes,
    )  # fmt: skip


def find_proof_code(*, user: User, verification_id: str) -> VerificationCode:
    """The code that was sent to this person for this purpose. Raises CodeNotFound."""
    sent = VerificationCode.objects.sent(
        interaction_id=_interaction(user), purpose=UsageType.USER_PERMISSION_VALIDATION
    )
    return _one(sent.filter(pk=verification_id, consumed_at=None).first())


def prove_with_code(*, owner: Owner, verification_id: str, digits: str) -> None:
    """Raises what verification.check_code raises: RecipientMismatch when the address is no longer the person's."""
    code = find_proof_code(user=owner.user, verification_id=verification_id)
    recipient = recipient_of(owner.user, code.channel)
    with guarded(code.channel, recipient, SignInExperience.load().lockout):
        verification.check_code(
            interaction_id=code.interaction_id, verification_id=code.pk, channel=code.channel, recipient=recipient,
            digits=digits, prove=lambda: _remember(owner, code.channel),
        )  # fmt: skip


def _remember(owner: Owner, method: str) -> None:
    person.remember(name=owner.proof, user_id=owner.user.pk, method=method)
    name = owner.user.audit_name
    record("user.identity_verified", by=name, target=name, method=method)


def _interaction(user: User) -> str:
    """Codes are bound to the person; pages for other purposes have other names, and other cool-downs."""
    return f"{user.pk}.proof"


def _one(code: VerificationCode | None) -> VerificationCode:
    if code is None:
        raise CodeNotFound
    return code
