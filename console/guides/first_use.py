"""Has an application been used yet? What the checkpoint at the end of each guide waits for."""

from dataclasses import dataclass
from datetime import datetime

from idp.applications.models import Application, ApplicationType
from idp.audit.models import Event
from idp.users.models import User


@dataclass(frozen=True, slots=True)
class FirstUse:
    """The first sign-in of a person; of a machine, which secret it used last."""

    at: datetime
    user: User | None = None  # None when the account was deleted since
    secret: str = ""


def find_first_use(application: Application) -> FirstUse | None:
    """Two statements at most, each one row of an index."""
    if application.type == ApplicationType.MACHINE_TO_MACHINE:
        secret = application.secrets.exclude(last_used_at=None).order_by("-last_used_at").first()
        return FirstUse(at=secret.last_used_at, secret=secret.name) if secret else None
    event = (
        Event.objects.filter(actor=application.audit_name, key="grant.redeemed").order_by("created_at", "pk").first()
    )
    if event is None:
        return None
    user_id = event.target.removeprefix("user:")
    return FirstUse(at=event.created_at, user=User.objects.filter(pk=user_id).first())
