from idp.lib.errors import DomainError


class CodeNotFound(DomainError):
    code = "verification_code.not_found"
    message = "This code is no longer valid. Ask for a new one."


class CodeMismatch(DomainError):
    """Wrong digits; `tries_left` more may be typed."""

    code = "verification_code.code_mismatch"

    def __init__(self, tries_left: int) -> None:
        tries = "1 try" if tries_left == 1 else f"{tries_left} tries"
        super().__init__(f"That is not the code. You have {tries} left.", triesLeft=tries_left)
        self.tries_left = tries_left


class CodeExpired(DomainError):
    code = "verification_code.expired"
    message = "This code has expired. Ask for a new one."


class TooManyTries(DomainError):
    code = "verification_code.exceed_max_try"
    message = "Too many wrong tries. Ask for a new code."


class RecipientMismatch(DomainError):
    status = 400

    def __init__(self, channel: str) -> None:
        self.code = f"verification_code.{channel}_mismatch"
        super().__init__("This code was sent to somebody else.")


class ResendTooSoon(DomainError):
    """A code went out a moment ago and is still good (`verification_id`); `seconds` until the next may be asked for."""

    code = "verification_code.resend_too_soon"
    status = 429

    def __init__(self, seconds: int, verification_id: str, purpose: str) -> None:
        super().__init__(f"A code is on its way. You can ask for another one in {seconds} seconds.", seconds=seconds)
        self.seconds = seconds
        self.verification_id = verification_id
        self.purpose = purpose


class TooManySends(DomainError):
    code = "request.message_rate_limited"
    message = "Too many codes were asked for. Try again in ten minutes, or sign in another way."
    status = 429


class Blocked(DomainError):
    """Too many failed attempts for this identifier; `minutes` until it may be tried again."""

    code = "session.verification_blocked_too_many_attempts"

    def __init__(self, minutes: int) -> None:
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(
            f"Too many failed attempts. Try again in {minutes} {unit}, or sign in another way.",
            relativeTime=f"{minutes} {unit}",
        )
        self.minutes = minutes


class ProofRequired(DomainError):
    """The change needs a fresh proof of the person (verification.person)."""

    code = "verification_record.permission_denied"
    message = "Prove that it is you first."
    status = 401
