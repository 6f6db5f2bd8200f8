from typing import Any

from idp.audit import caller
from idp.audit.models import Event


def record(key: str, *, by: str = "", target: str = "", succeeded: bool = True, **data: Any) -> Event:
    """Write one event with the address and user agent of the current request. Never pass a secret in `data`."""
    now = caller.current()
    return Event.objects.create(
        key=key, actor=by, target=target, succeeded=succeeded, data=data, address=now.address, user_agent=now.user_agent
    )
