"""/api/my-account: what a person sees and changes of their own account, through an app of theirs (Logto section 6.5).

The same functions as the account pages (signin.own_account). `DELETE /my-account` and `GET /my-account/data` are ours.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from idp.api import account_schemas as schemas
from idp.api.bearer import Caller, identify
from idp.api.shapes import milliseconds
from idp.signin import own_account, proofs
from idp.users import identifiers
from idp.users.models import User

router = Router()
_NO_CONTENT = {204: None}
# What an answer names, with the field of the account centre and the scope that let it be seen.
_ANSWERED: tuple[tuple[str, str, str, Callable[[User], Any]], ...] = (
    ("username", "username", "profile", lambda user: user.username),
    ("primaryEmail", "email", "email", lambda user: user.primary_email),
    ("primaryPhone", "phone", "phone", lambda user: user.primary_phone),
    ("name", "name", "profile", lambda user: user.name),
    ("avatar", "avatar", "profile", lambda user: user.avatar),
    ("customData", "customData", "custom_data", lambda user: user.custom_data),
    ("identities", "social", "identities", lambda user: {}),
    ("ssoIdentities", "social", "identities", lambda user: []),
    ("hasPassword", "password", "openid", lambda user: user.has_password),
)


@router.get("")
def describe(request: HttpRequest) -> dict[str, Any]:
    """What the app may know, as far as people see it here."""
    caller = identify(request)
    return _description(caller, caller.owner.user)


@router.patch("")
def change(request: HttpRequest, body: schemas.AccountChanges) -> dict[str, Any]:
    """Name, picture, username and custom data, all or nothing; a username needs a proof of the person."""
    caller, named = identify(request), body.model_fields_set
    caller.may_write(*named)
    changes: dict[str, Any] = {name: getattr(body, name) for name in ("username", "name", "avatar") if name in named}
    if changes:
        caller.require_scope("profile")
    if "customData" in named:
        caller.require_scope("custom_data")
        changes["custom_data"] = body.customData or {}
    return _description(caller, own_account.change(owner=caller.owner, **changes))


@router.patch("/profile")
def change_profile(request: HttpRequest, body: schemas.ProfileChanges) -> dict[str, Any]:
    """The claims that are named; null takes one away. An address needs its own scope."""
    caller = identify(request)
    caller.may_write("profile", scope="profile")
    changes = body.model_dump(exclude_unset=True)
    if "address" in changes:
        caller.require_scope("address")
    if changes.get("address"):
        changes["address"] = {name: value for name, value in changes["address"].items() if value}
    return _profile(caller, own_account.merge_profile(owner=caller.owner, changes=changes))


@router.post("/password", response=_NO_CONTENT)
def change_password(request: HttpRequest, body: schemas.NewPassword) -> Status[None]:
    caller = _writer(request)
    own_account.change_password(owner=caller.owner, password=body.password)
    return Status(204, None)


@router.post("/primary-email", response=_NO_CONTENT)
def take_email(request: HttpRequest, body: schemas.NewEmail) -> Status[None]:
    return _take(request, "email", body.email, body.newIdentifierVerificationRecordId)


@router.delete("/primary-email", response=_NO_CONTENT)
def remove_email(request: HttpRequest) -> Status[None]:
    return _remove(request, "email")


@router.post("/primary-phone", response=_NO_CONTENT)
def take_phone(request: HttpRequest, body: schemas.NewPhone) -> Status[None]:
    return _take(request, "phone", body.phone, body.newIdentifierVerificationRecordId)


@router.delete("/primary-phone", response=_NO_CONTENT)
def remove_phone(request: HttpRequest) -> Status[None]:
    return _remove(request, "phone")


@router.get("/data")
def export(request: HttpRequest) -> dict[str, Any]:
    caller = _writer(request)
    return own_account.export_data(owner=caller.owner)


@router.delete("", response=_NO_CONTENT)
def delete(request: HttpRequest) -> Status[None]:
    caller = _writer(request)
    own_account.delete_account(owner=caller.owner)
    return Status(204, None)


def _take(request: HttpRequest, kind: str, value: str, verification_id: str) -> Status[None]:
    caller = identify(request)
    caller.may_write(kind, scope=kind)
    own_account.take_identifier(
        owner=caller.owner, kind=kind, value=identifiers.clean(kind, value), verification_id=verification_id
    )
    return Status(204, None)


def _remove(request: HttpRequest, kind: str) -> Status[None]:
    caller = identify(request)
    caller.may_write(kind, scope=kind)
    own_account.remove_identifier(owner=caller.owner, kind=kind)
    return Status(204, None)


def _writer(request: HttpRequest) -> Caller:
    caller = identify(request)
    caller.may_write()
    return caller


def _description(caller: Caller, user: User) -> dict[str, Any]:
    visible = caller.owner.center.visible
    found = {
        name: value(user) for name, field, scope, value in _ANSWERED if field in visible and scope in caller.scopes
    }  # fmt: skip
    return {
        "id": user.pk,
        **found,
        **(
            {"profile": _profile(caller, user)}
            if {"profile", "address"} & caller.scopes and "profile" in visible
            else {}
        ),
        "applicationId": user.application_id or None,
        "isSuspended": user.is_suspended,
        "hasSecurityVerificationMethod": bool(proofs.ways_to_prove(user)),
        "lastSignInAt": milliseconds(user.last_sign_in_at),
        "createdAt": milliseconds(user.created_at),
        "updatedAt": milliseconds(user.updated_at),
    }


def _profile(caller: Caller, user: User) -> dict[str, Any]:
    return {
        name: value
        for name, value in user.profile.items()
        if ("address" if name == "address" else "profile") in caller.scopes
    }
