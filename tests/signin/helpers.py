"""An interaction without a browser."""

import re

from idp.messaging.models import OutboxMessage
from idp.signin import interactions, services
from idp.signin.models import Interaction, SignInExperience

PHONE_ONLY = {
    "sign_up": {"identifiers": ["phone"], "password": False, "verify": True},
    "sign_in": {
        "methods": [{"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}]
    },
}


def new_interaction() -> Interaction:
    return interactions.start(application_id="bookstore", prompt="login", params={"params": {}, "resources": []})


def start(*, phone: str) -> Interaction:
    """Somebody typed their number and a code went out."""
    interaction, experience = new_interaction(), SignInExperience.load()
    services.identify(interaction, experience, kind="phone", value=phone)
    services.send_code(interaction, experience)
    return interaction


def code_in_outbox(*recipients: str) -> str:
    """The digits of the newest message, or of the newest one to any of these."""
    messages = OutboxMessage.objects.filter(recipient__in=recipients) if recipients else OutboxMessage.objects.all()
    found = re.search(r"\d{6}", messages.latest("pk").text)
    assert found
    return found.group()
