"""An interaction without a browser."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone

from idp.applications.models import Application
from idp.messaging.models import OutboxMessage
from idp.signin import completion, interactions, services
from idp.signin.flow import Step, next_step
from idp.signin.models import Interaction, Session, SignInExperience
from idp.tokens.models import Grant
from idp.users.models import User
from tests.conftest import PASSWORD

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


def session(user: User, key: str, *, ends_in: int = 60, **values: Any) -> Session:
    expires_at = timezone.now() + timedelta(seconds=ends_in)
    return Session.objects.create(id=key * 64, user=user, auth_time=1, expires_at=expires_at, **values)


def grant(application: Application, session: Session, scope: str) -> Grant:
    return Grant.objects.create(
        user=session.user, application=application, session_id=session.sid, scope=scope, auth_time=1,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip


def first_proof(settings: SignInExperience, username: str = "ada") -> Interaction:
    interaction = new_interaction()
    services.identify(interaction, settings, kind="username", value=username)
    services.verify_password(interaction, settings, password=PASSWORD)
    return interaction


def register(settings: SignInExperience, username: str = "grace") -> Interaction:
    interaction = new_interaction()
    services.begin(interaction, event="Register")
    services.identify_new(interaction, settings, kind="username", value=username)
    completion.choose_password(interaction, settings, password=PASSWORD)
    services.create_account(interaction, settings)
    return interaction


def step(interaction: Interaction) -> Step:
    return next_step(Interaction.objects.get(pk=interaction.pk), SignInExperience.load())
