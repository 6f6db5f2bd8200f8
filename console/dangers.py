"""Which changes of the sign-in experience are asked about once more, and what is said of them.

The order of rules is the table at the end; each names its rule. They look at what is saved and at what would be saved.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from console.forms.experience import LABELS
from idp.mfa.factors import Factor
from idp.signin import reach
from idp.signin.models import SignInExperience

_FACTORS = {Factor.TOTP: "Authenticator app", Factor.WEBAUTHN: "Passkey as second factor"}


@dataclass(frozen=True, slots=True)
class Danger:
    """`what` changes from `before` to `after`; `text` says who feels it."""

    what: str
    before: str
    after: str
    text: str


def dangers_of(before: SignInExperience, after: SignInExperience) -> list[Danger]:
    return [danger for rule in _RULES for danger in rule(before, after)]


def answer_to(dangers: list[Danger]) -> str:
    """What comes back when somebody agrees: to these, not to what it may mean by then."""
    text = "\n".join(f"{one.what}: {one.before} > {one.after}" for one in dangers)
    return salted_hmac("console.dangers", text, algorithm="sha256").hexdigest()[:20]


def _somebody_is_shut_out(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    changed = [kind for kind in LABELS if _proofs(before, kind) != _proofs(after, kind)]
    lost = [kind for kind in changed if _words(before, kind) != "not a way to sign in"]
    if not lost:
        return
    number = reach.shut_out(before, after)
    if number.is_whole and not number.number:
        return
    text = f"{number} could sign in until now and have no other way. They are shut out until you give them one."
    for kind in lost:
        yield Danger(f"Sign in with {LABELS[kind].lower()}", _words(before, kind), _words(after, kind), text)


def _nobody_can_join(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    if before.allows_sign_up and not after.allows_sign_up:
        text = f"New people are turned away. {reach.newcomers()} joined in the last seven days."
        yield Danger("Creating an account", "open", "closed", text)


def _everybody_needs_a_factor(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    if _is_required(after) and not _is_required(before):
        text = "Whoever has no second factor must set one up at the next sign-in, and gets in no other way."
        yield Danger("A second factor", "may be skipped", "required of everybody", text)


def _a_factor_goes(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    for factor, name in _FACTORS.items():
        if str(factor) in before.mfa_factors and str(factor) not in after.mfa_factors:
            number = reach.holders(factor)
            if number.number:
                yield Danger(
                    name, "on", "off", f"{number} set it up. It is not asked for any more; what they set up is kept."
                )


def _no_second_step(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    if before.mfa_factors and not after.mfa_factors:
        text = (
            "A password or a code alone lets everybody in, also those who protected their account with a second factor."
        )
        yield Danger("The second step", "on", "off for everybody", text)


def _passkeys_go(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    if before.offers_passkeys and not after.offers_passkeys:
        number = reach.holders(Factor.WEBAUTHN)
        if number.number:
            yield Danger(
                "Sign in with a passkey", "on", "off", f"{number} made one. They sign in another way from now on."
            )


def _passwords_expire(before: SignInExperience, after: SignInExperience) -> Iterator[Danger]:
    then, now = before.password_expiration, after.password_expiration
    if now.get("enabled") and not then.get("enabled"):
        days = now.get("validPeriodDays")
        text = f"Whoever signs in with a password older than {days} days must choose a new one first."
        yield Danger("Passwords", "never expire", f"expire after {days} days", text)


def _is_required(experience: SignInExperience) -> bool:
    return bool(experience.mfa_factors) and not experience.mfa_is_skippable


def _proofs(experience: SignInExperience, kind: str) -> tuple[bool, bool]:
    method = experience.method_for(kind) or {}
    return bool(method.get("password")), bool(method.get("verificationCode"))


def _words(experience: SignInExperience, kind: str) -> str:
    password, code = _proofs(experience, kind)
    return " or ".join(["password"] * password + ["code"] * code) or "not a way to sign in"


_RULES: tuple[Callable[[SignInExperience, SignInExperience], Iterator[Danger]], ...] = (
    _somebody_is_shut_out,
    _nobody_can_join,
    _everybody_needs_a_factor,
    _no_second_step,
    _a_factor_goes,
    _passkeys_go,
    _passwords_expire,
)
