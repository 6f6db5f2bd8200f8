"""Start, find and close interactions."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from idp.lib.lookup import Lookup
from idp.signin import cookies
from idp.signin.errors import SessionNotFound
from idp.signin.models import Interaction, Session
from idp.signin.state import SESSION
from idp.verification import starts

_interactions = Lookup(Interaction)
LOGIN = "login"  # what most interactions ask for; the others are `consent` and `device`
LIFETIME = timedelta(hours=1)
# A browser may ask twice when a person presses a button twice; after that the way back is closed.
RESUME_WINDOW = timedelta(seconds=10)


def start(
    *,
    application_id: str,
    prompt: str,
    params: dict[str, Any],
    event: str = "SignIn",
    draft: dict[str, Any] | None = None,
) -> Interaction:
    """Raises TooManyStarts."""
    if prompt == LOGIN:
        starts.take("sign-in", application_id)
    return Interaction.objects.create(
        application_id=application_id, prompt=prompt, params=params, event=event, draft=draft or {},
        expires_at=timezone.now() + LIFETIME,
    )  # fmt: skip


def start_step_up(*, application_id: str, params: dict[str, Any], session: Session) -> Interaction:
    """For somebody who is signed in, and of whom an application wants a stronger proof: what they proved comes with them."""
    return Interaction.objects.create(
        application_id=application_id, prompt=LOGIN, params=params, event="SignIn",
        identifier={"type": SESSION, "value": session.user_id}, draft={"method": SESSION, "acknowledged": session.user_id},
        proofs={SESSION: session.user_id, "session_amr": session.amr, "session_auth_time": session.auth_time},
        expires_at=timezone.now() + LIFETIME,
    )  # fmt: skip


def start_for_device(*, application_id: str, device_id: int, prompt: str) -> Interaction:
    """For a device that waits (RFC 8628): `login`, or `device` when the person is known and is to be asked about it."""
    params = {"params": {}, "resources": [], "device": device_id}
    return start(application_id=application_id, prompt=prompt, params=params)


def device_of(interaction: Interaction) -> int | None:
    """The device that an interaction is about, if it is about one."""
    device_id = interaction.params.get("device")
    return device_id if isinstance(device_id, int) else None


def start_for_page(*, application_id: str, page: str, **params: str) -> Interaction:
    """For a page of our own that needs to know its visitor: after the sign-in they come back to it (a path of ours).

    `params` are those of an authorization request that the sign-in pages read (login_hint, one_time_token as its digest).
    """
    stored = {"params": params, "resources": [], "page": page}
    return start(application_id=application_id, prompt=LOGIN, params=stored)


def page_of(interaction: Interaction) -> str:
    """The page of our own that an interaction leads back to, if it is about one."""
    return str(interaction.params.get("page", ""))


def question(interaction: Interaction, session: Session) -> str:
    """What a page asks, and whom: somebody else who is signed in by the time of the answer has not been asked."""
    return f"{interaction.pk}_{session.user_id}"


def find_for_page(request: HttpRequest) -> Interaction:
    """The interaction of the page being shown: by `app_id` in its address, else this browser's newest.

    Raises SessionNotFound.
    """
    return find_for_app(request, request.GET.get("app_id", ""))


def find_for_app(request: HttpRequest, application_id: str) -> Interaction:
    """This browser's interaction for an application, or its newest one when the application has none."""
    known = cookies.interactions_of(request)
    return find(known.get(application_id, known.get(cookies.LATEST, "")))


def find(interaction_id: str) -> Interaction:
    """A live interaction that may still be resumed; raises SessionNotFound."""
    interaction = _interactions.find(interaction_id)
    now = timezone.now()
    if interaction is None or interaction.has_expired:
        raise SessionNotFound
    if interaction.resumed_at is not None and interaction.resumed_at + RESUME_WINDOW < now:
        raise SessionNotFound
    return interaction


def close(interaction: Interaction) -> None:
    """The protocol has taken the result: only a repeat of the same request may take it once more."""
    Interaction.objects.filter(pk=interaction.pk, resumed_at=None).update(resumed_at=timezone.now())
