"""/api/my-account/sessions, /grants, /trusted-devices: where the person is signed in, which apps they let in (Logto section 6.5)."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from idp.api.bearer import SESSIONS, TRUSTED_DEVICES, Caller, identify
from idp.api.errors import NotFound
from idp.api.shapes import grant, session, trusted_device
from idp.mfa import trust
from idp.signin import own_account, own_factors, proofs
from idp.signin.sessions import live_sessions
from idp.tokens.grants import live_grants

router = Router()
_NO_CONTENT = {204: None}


@router.get("/sessions")
def sessions(request: HttpRequest) -> dict[str, Any]:
    caller = _reader(request)
    grants = list(live_grants(caller.owner.user))
    here = caller.owner.session_id
    return {
        "sessions": [session(one, grants) | {"isCurrent": one.sid == here} for one in live_sessions(caller.owner.user)]
    }


@router.delete("/sessions/{session_id}", response=_NO_CONTENT)
def end_session(
    request: HttpRequest,
    session_id: str,
    target: Annotated[Literal["all", "firstParty"] | None, Query(alias="revokeGrantsTarget")] = None,
) -> Status[None]:
    """Sign out of one browser, and of the apps that were signed in to there: all of them, or those of this service."""
    caller = _writer(request)
    if not own_account.end_session(owner=caller.owner, sid=session_id, with_grants=target or ""):
        raise NotFound("oidc.session_not_found")
    return Status(204, None)


@router.get("/grants")
def grants(
    request: HttpRequest, kind: Annotated[Literal["firstParty", "thirdParty"] | None, Query(alias="appType")] = None
) -> dict[str, Any]:
    caller = _reader(request)
    found = live_grants(caller.owner.user)
    if kind is not None:
        found = found.filter(application__is_third_party=kind == "thirdParty")
    return {"grants": [grant(one) for one in found]}


@router.delete("/grants/{grant_id}", response=_NO_CONTENT)
def end_grant(request: HttpRequest, grant_id: str) -> Status[None]:
    caller = _writer(request)
    if not own_account.end_grant_of_app(owner=caller.owner, grant_id=grant_id):
        raise NotFound
    return Status(204, None)


@router.get("/trusted-devices")
def trusted_devices(request: HttpRequest) -> list[dict[str, Any]]:
    """The browsers in which the person is not asked for a second factor."""
    caller = identify(request)
    caller.may_read("trustedDevice", scope=TRUSTED_DEVICES)
    proofs.require_proof(caller.owner)
    return [trusted_device(device) for device in trust.live_devices(caller.owner.user)]


@router.delete("/trusted-devices/{device_id}", response=_NO_CONTENT)
def forget_trusted_device(request: HttpRequest, device_id: int) -> Status[None]:
    caller = identify(request)
    caller.may_write("trustedDevice", scope=TRUSTED_DEVICES)
    proofs.require_proof(caller.owner)
    if not own_factors.forget_device(owner=caller.owner, device_id=device_id):
        raise NotFound
    return Status(204, None)


def _reader(request: HttpRequest) -> Caller:
    """These lists say where somebody is: they too need a proof."""
    caller = identify(request)
    caller.may_read("session", scope=SESSIONS)
    proofs.require_proof(caller.owner)
    return caller


def _writer(request: HttpRequest) -> Caller:
    caller = identify(request)
    caller.may_write("session", scope=SESSIONS)
    proofs.require_proof(caller.owner)
    return caller
