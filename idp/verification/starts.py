"""How much one client address may begin before anybody has proved who they are: each beginning leaves a row until it expires."""

from django.conf import settings

from idp.audit.services import record
from idp.lib.throttle import Throttle
from idp.verification import origin
from idp.verification.errors import TooManyStarts

WINDOW = 600  # seconds


def take(kind: str, application_id: str) -> None:
    """Count one more `sign-in`, `request` (RFC 9126) or `device` (RFC 8628) for an application. Raises TooManyStarts.

    The log has one event for each time that the limit is reached, not one for each refusal: that would be a row as well.
    """
    address = origin.address()
    if not address:
        return
    throttle = Throttle(f"{kind}:{application_id}", limit=settings.STARTS_PER_ADDRESS, seconds=WINDOW)
    taken = throttle.take(address)
    if taken == throttle.limit + 1:
        record("starts.limited", succeeded=False, kind=kind, application=application_id)
    if taken > throttle.limit:
        raise TooManyStarts
