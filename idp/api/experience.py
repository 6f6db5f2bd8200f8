"""The Experience API: what the hosted pages do, for pages that others build (Logto section 5.1).

Authenticated by the interaction's cookie, with the header `Logto-App-Id` where several apps sign in at once. The cookie is
SameSite=Lax and bodies are JSON, so another site can neither send it nor read the answer.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Status

from idp.api import schemas
from idp.lib.ids import digest
from idp.signin import adaptive, completion, cookies, flow, interactions, links, recovery, second_factor, services
from idp.signin.errors import NotProved, RecoveryCannotBeMixed, SessionNotFound
from idp.signin.flow import Step
from idp.signin.models import Interaction, SignInExperience
from idp.signin.state import State
from idp.users import identifiers
from idp.verification import captcha
from idp.verification.errors import RecipientMismatch

router = Router()
_NO_CONTENT = {204: None}


def find_visit(request: HttpRequest) -> tuple[Interaction, SignInExperience]:
    """The interaction of this browser and app, and the settings it runs under; raises SessionNotFound."""
    interaction = interactions.find_for_app(request, request.headers.get("Logto-App-Id", ""))
    if interaction.prompt != interactions.LOGIN:
        raise SessionNotFound
    return interaction, SignInExperience.load()


@router.put("", response=_NO_CONTENT)
def begin(request: HttpRequest, body: schemas.EventBody) -> Status[None]:
    """(Re)start the interaction with an event."""
    interaction, experience = find_visit(request)
    flow.require_event(experience, body.interactionEvent)
    services.restart(interaction, event=body.interactionEvent)
    services.show_captcha(interaction, experience, answer=body.captchaToken or "")
    return Status(204, None)


@router.get("/captcha")
def ask_captcha(request: HttpRequest) -> dict[str, Any]:
    """The test whose answer is the `captchaToken` of PUT (not Logto's; docs/defence.md says how to answer our own)."""
    interaction, experience = find_visit(request)
    if not experience.asks_for_captcha:
        return {"type": None}
    asked = captcha.question(interaction.pk)
    if asked.type == captcha.OWN:
        return {"type": asked.type, "challenge": asked.challenge, "puzzles": asked.puzzles, "bits": asked.bits}
    return {"type": asked.type, "siteKey": asked.site_key, "domain": asked.domain, "mode": asked.mode}


@router.put("/interaction-event", response=_NO_CONTENT)
def change_event(request: HttpRequest, body: schemas.EventBody) -> Status[None]:
    """Switch between SignIn and Register; what was proved stays."""
    interaction, experience = find_visit(request)
    flow.require_event(experience, body.interactionEvent)
    _change_event(interaction, body.interactionEvent)
    return Status(204, None)


@router.get("/interaction")
def describe(request: HttpRequest) -> dict[str, Any]:
    """What is known so far, without secrets."""
    interaction, experience = find_visit(request)
    state = State(interaction, experience)
    names = {"username": "username", "email": "primaryEmail", "phone": "primaryPhone"}
    registering = interaction.event == "Register" and state.kind in names
    profile = {names[state.kind]: state.value} if registering else {}
    found: dict[str, Any] = {"interactionEvent": interaction.event, "profile": profile}
    if user_id := interaction.result.get("user") or interaction.draft.get("acknowledged"):
        found["userId"] = user_id
    return found


@router.post("/verification/password", response=schemas.VerificationId)
def verify_password(request: HttpRequest, body: schemas.PasswordVerification) -> dict[str, str]:
    interaction, experience = find_visit(request)
    kind, value = cleaned(body.identifier)
    services.identify(interaction, experience, kind=kind, value=value, method="password")
    services.verify_password(interaction, experience, password=body.password)
    return {"verificationId": services.note_verification(interaction)}


@router.post("/verification/new-password-identity", response=schemas.VerificationId)
def new_password_identity(request: HttpRequest, body: schemas.NewPasswordIdentity) -> dict[str, str]:
    """A username and password for a new account."""
    interaction, experience = find_visit(request)
    services.identify_new(interaction, experience, kind="username", value=body.identifier.value)
    completion.choose_password(interaction, experience, password=body.password)
    return {"verificationId": services.note_verification(interaction)}


@router.post("/verification/verification-code", response=schemas.VerificationId)
def send_code(request: HttpRequest, body: schemas.CodeRequest) -> dict[str, str]:
    interaction, experience = find_visit(request)
    kind, value = cleaned(body.identifier)
    if _is_another(interaction, kind, value) and completion.asks_for(interaction, experience, kind):
        completion.add_identifier(interaction, experience, kind=kind, value=value)
        return {"verificationId": interaction.draft["adding"]["verification_id"]}
    _change_event(interaction, body.interactionEvent)
    _IDENTIFY[interaction.event](interaction, experience, kind, value)
    services.send_code(interaction, experience)
    return {"verificationId": interaction.verification_id}


@router.post("/verification/verification-code/verify", response=schemas.VerificationId)
def verify_code(request: HttpRequest, body: schemas.CodeVerification) -> dict[str, str]:
    interaction, experience = find_visit(request)
    kind, value = cleaned(body.identifier)
    adding = interaction.draft.get("adding", {})
    if adding and adding["verification_id"] == body.verificationId:
        if (adding["type"], adding["value"]) != (kind, value):
            raise RecipientMismatch(kind)
        completion.verify_code(interaction, experience, digits=body.code)
        return {"verificationId": body.verificationId}
    if _is_another(interaction, kind, value):
        raise RecipientMismatch(kind)
    if interaction.verification_id != body.verificationId:
        raise NotProved
    services.verify_code(interaction, experience, digits=body.code)
    return {"verificationId": body.verificationId}


@router.post("/verification/one-time-token/verify", response=schemas.VerificationId)
def verify_link(request: HttpRequest, body: schemas.LinkToken) -> dict[str, str]:
    """The token of a link that came by email."""
    interaction, experience = find_visit(request)
    _, email = cleaned(body.identifier)
    links.verify(interaction, experience, email=email, token_digest=digest(body.token))
    return {"verificationId": services.note_verification(interaction)}


@router.post("/profile", response=_NO_CONTENT)
def add_to_profile(request: HttpRequest, body: schemas.ProfileAddition) -> Status[None]:
    """What the account still needs: another identifier, a password, answers (422 `user.missing_profile` named it)."""
    interaction, experience = find_visit(request)
    if isinstance(body, schemas.ProfilePassword):
        completion.choose_password(interaction, experience, password=body.value)
    elif isinstance(body, schemas.ProfileUsername):
        completion.add_identifier(interaction, experience, kind="username", value=body.value)
    elif isinstance(body, schemas.ExtraProfile):
        completion.answer(interaction, experience, answers=body.values)
    else:
        verified = interaction.draft.get("adding", {})
        if (verified.get("type"), verified.get("verification_id")) != (body.type, body.verificationId):
            raise NotProved
        completion.take_identifier(interaction, experience, kind=body.type, value=verified["value"])
    return Status(204, None)


@router.put("/profile/password", response=_NO_CONTENT)
def reset_password(request: HttpRequest, body: schemas.ResetPassword) -> Status[None]:
    """The new password of a person who forgot the old one, or whose old one has expired."""
    interaction, experience = find_visit(request)
    change = recovery.reset_password if interaction.event == "ForgotPassword" else recovery.renew_password
    change(interaction, experience, password=body.password)
    return Status(204, None)


@router.post("/identification", response={201: None, 204: None})
def identify(request: HttpRequest, body: schemas.Identification) -> Status[None]:
    """Say whose proof it was (204), or create the account (201); signed in when nothing else is needed."""
    interaction, experience = find_visit(request)
    if body.verificationId and body.verificationId not in services.known_verifications(interaction):
        raise NotProved
    if interaction.event == "Register":
        services.create_account(interaction, experience)
        return Status(201, None)
    if interaction.event == "SignIn":
        adaptive.assess(request, interaction, experience)
        second_factor.recognise_device(interaction, experience, partial(cookies.trusted_device_secret, request))
        services.acknowledge(interaction, experience)
    elif flow.next_step(interaction, experience) is not Step.RESET_PASSWORD:
        raise NotProved
    return Status(204, None)


@router.post("/submit")
def submit(request: HttpRequest, response: HttpResponse) -> Any:
    """Where the browser goes to get its code, or what is needed before that; a reset password leads nowhere."""
    interaction, experience = find_visit(request)
    if recovery.has_just_reset(interaction):
        return Status(200, None)
    if not interaction.result:
        services.submit(interaction, experience)
    adaptive.remember(request, response, interaction, experience)
    return {"redirectTo": f"{settings.ENDPOINT}{reverse('oauth2_provider:resume', args=[interaction.pk])}"}


def _change_event(interaction: Interaction, event: str) -> None:
    """A code that was sent to sign in resets no password, and the other way round. Raises RecoveryCannotBeMixed."""
    if interaction.event == event:
        return
    if "ForgotPassword" in (interaction.event, event):
        raise RecoveryCannotBeMixed
    services.change_event(interaction, event=event)


def _is_another(interaction: Interaction, kind: str, value: str) -> bool:
    """Another identifier than the one that the visit is about."""
    return bool(interaction.identifier != {"type": kind, "value": value})


def cleaned(identifier: schemas.Username | schemas.Email | schemas.Phone) -> tuple[str, str]:
    """Kind and value as they are stored. Raises InvalidIdentifier."""
    return identifier.type, identifiers.clean(identifier.type, identifier.value)


_IDENTIFY = {
    "SignIn": lambda i, e, kind, value: services.identify(i, e, kind=kind, value=value, method="code"),
    "Register": lambda i, e, kind, value: services.identify_new(i, e, kind=kind, value=value),
    "ForgotPassword": lambda i, e, kind, value: recovery.identify_for_recovery(i, e, kind=kind, value=value),
}
