"""How much one client address may begin before anybody has proved who they are: each beginning leaves a row until it expires."""

from django.conf import settings

from idp.audit.services import record
from idp.lib.throttle import Allowance
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
    allowance = Allowance(f"{kind}:{application_id}", limit=settings.STARTS_PER_ADDRESS, seconds=WINDOW)
    taken = allowance.take(address)
    if taken == allowance.limit + 1:
        record("starts.limited", succeeded=False, kind=kind, application=application_id)
    if taken > allowance.limit:
        raise TooManyStarts
