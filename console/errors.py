"""What the console refuses at its own door; everything else is refused by the room that is asked."""

from idp.lib.errors import DomainError


class TooManyTries(DomainError):
    code = "console.too_many_tries"
    message = "Too many wrong tries. Wait ten minutes, then try again."
    status = 429


class WrongPassword(DomainError):
    code = "console.wrong_password"
    message = "This is not your password."
    status = 401
