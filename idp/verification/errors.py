from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext

from connectors.ports import ConfigProblem
from idp.lib.errors import DomainError


class CodeNotFound(DomainError):
    code = "verification_code.not_found"
    message = _("This code is no longer valid. Ask for a new one.")


class CodeMismatch(DomainError):
    """Wrong digits; `tries_left` more may be typed."""

    code = "verification_code.code_mismatch"

    def __init__(self, tries_left: int) -> None:
        message = ngettext(
            "That is not the code. You have %(count)d try left.", "That is not the code. You have %(count)d tries left.",
            tries_left,
        )  # fmt: skip
        super().__init__(message % {"count": tries_left}, triesLeft=tries_left)
        self.tries_left = tries_left


class CodeExpired(DomainError):
    code = "verification_code.expired"
    message = _("This code has expired. Ask for a new one.")


class TooManyTries(DomainError):
    code = "verification_code.exceed_max_try"
    message = _("Too many wrong tries. Ask for a new code.")


class RecipientMismatch(DomainError):
    status = 400

    def __init__(self, channel: str) -> None:
        self.code = f"verification_code.{channel}_mismatch"
        super().__init__(_("This code was sent to somebody else."))


class ResendTooSoon(DomainError):
    """A code went out a moment ago and is still good (`verification_id`); `seconds` until the next may be asked for."""

    code = "verification_code.resend_too_soon"
    status = 429

    def __init__(self, seconds: int, verification_id: str, purpose: str) -> None:
        message = ngettext(
            "A code is on its way. You can ask for another one in %(count)d second.",
            "A code is on its way. You can ask for another one in %(count)d seconds.",
            seconds,
        )
        super().__init__(message % {"count": seconds}, seconds=seconds)
        self.seconds = seconds
        self.verification_id = verification_id
        self.purpose = purpose


class TooManySends(DomainError):
    code = "request.message_rate_limited"
    message = _("Too many codes were asked for. Try again in ten minutes, or sign in another way.")
    status = 429


class TooManyStarts(DomainError):
    code = "request.rate_limited"
    message = _("Too many tries. Wait ten minutes, then try again.")
    status = 429


class SendingRefused(DomainError):
    """The fraud guard holds the message back; `limit` says why, for the log alone: whoever tests the limits learns nothing."""

    code = "request.message_rate_limited"
    message = _("A code cannot be sent to this number at the moment. Try again later, or sign in another way.")
    status = 429

    def __init__(self, limit: str) -> None:
        super().__init__(detail=limit)
        self.limit = limit


class NumberNotServed(DomainError):
    """A country that is not allowed, or a number that costs extra or reaches no person."""

    code = "verification_code.phone_not_served"
    message = _("Codes cannot be sent to this number. Use another number, or sign in another way.")
    status = 422


class CaptchaRequired(DomainError):
    code = "session.captcha_required"
    message = _("Show first that you are not a robot.")
    status = 422


class CaptchaFailed(DomainError):
    code = "session.captcha_failed"
    message = _("We could not tell that you are not a robot. Try again.")
    status = 422


class CaptchaInvalid(DomainError):
    """The provider's settings are not right; `problems` name each place by its JSON path."""

    code = "captcha_provider.invalid_config"
    message = _("The settings are not right.")

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


class CaptchaTooEarly(DomainError):
    """Without a script the proof is patience; `seconds` of it are left."""

    code = "session.captcha_failed"
    status = 422

    def __init__(self, seconds: int) -> None:
        message = ngettext(
            "That was too fast. Wait %(count)d second, then try again.",
            "That was too fast. Wait %(count)d seconds, then try again.",
            seconds,
        )
        super().__init__(message % {"count": seconds}, seconds=seconds)


class Blocked(DomainError):
    """Too many failed attempts for this identifier; `minutes` until it may be tried again."""

    code = "session.verification_blocked_too_many_attempts"

    def __init__(self, minutes: int) -> None:
        message = ngettext(
            "Too many failed attempts. Try again in %(count)d minute, or sign in another way.",
            "Too many failed attempts. Try again in %(count)d minutes, or sign in another way.",
            minutes,
        )
        duration = ngettext("%(count)d minute", "%(count)d minutes", minutes)
        super().__init__(message % {"count": minutes}, relativeTime=duration % {"count": minutes})
        self.minutes = minutes


class ProofRequired(DomainError):
    """The change needs a fresh proof of the person (verification.person)."""

    code = "verification_record.permission_denied"
    message = _("Prove that it is you first.")
    status = 401


class TokenNotFound(DomainError):
    code = "one_time_token.token_not_found"
    message = _("This link is not one of ours, or it was replaced.")
    status = 404


class TokenExpired(DomainError):
    code = "one_time_token.token_expired"
    message = _("This link has expired.")


class TokenConsumed(DomainError):
    code = "one_time_token.token_consumed"
    message = _("This link was used before.")


class TokenRevoked(DomainError):
    code = "one_time_token.token_revoked"
    message = _("This link is no longer valid.")


class TokenEmailMismatch(DomainError):
    code = "one_time_token.email_mismatch"
    message = _("This link was made for another email address.")


class TokenCannotReactivate(DomainError):
    code = "one_time_token.cannot_reactivate_token"
    message = _("A link that is over stays over.")


class TokenEventMismatch(DomainError):
    code = "one_time_token.interaction_event_mismatch"
    message = _("A link signs in or signs up; it resets no password.")
