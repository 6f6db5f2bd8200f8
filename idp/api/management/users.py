"""/api/users: people, and what is said of them."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from idp.api.account_schemas import ProfileChanges
from idp.api.management import shapes
from idp.api.management import user_schemas as schemas
from idp.api.management.access import Permission, manager, needs
from idp.api.management.errors import NotSupported
from idp.api.management.finding import find
from idp.api.management.paging import Page, paged
from idp.api.management.searching import PARAMETERS, search
from idp.authorization.models import UserRole
from idp.organizations.models import Membership
from idp.signin import accounts
from idp.signin.errors import InvalidCredentials
from idp.users import foreign_hashes, passwords
from idp.users import services as users
from idp.users.errors import CannotDeleteSelf
from idp.users.models import User

router = Router(tags=["Users"])
_NO_CONTENT = {204: None}
_IDENTIFIERS = {"username": "username", "primaryEmail": "email", "primaryPhone": "phone"}


@router.get("", auth=needs(Permission.PEOPLE), openapi_extra=PARAMETERS)
def list_users(
    request: HttpRequest, response: HttpResponse, paging: Page, query: Query[schemas.UserQuery]
) -> list[dict[str, Any]]:
    """Newest first. `search`, `search.<field>`, `mode`, `mode.<field>` and `joint` as in docs/management-api.md."""
    _refuse_hashes(request)
    found = search(request)
    people = found.people
    if query.excludeRoleId:
        people = people.filter(~Exists(UserRole.objects.filter(user=OuterRef("pk"), role=query.excludeRoleId)))
    if query.excludeOrganizationId:
        member = Membership.objects.filter(user=OuterRef("pk"), organization=query.excludeOrganizationId)
        people = people.filter(~Exists(member))
    rows = paged(request, response, paging, people.order_by("-created_at", "-pk"), is_cut=found.is_cut)
    return [shapes.user(one) for one in rows]


@router.post("", auth=needs(Permission.MANAGE))
def create_user(request: HttpRequest, body: schemas.NewUser) -> dict[str, Any]:
    """With one identifier at least. The password has to fit the policy; a hash is taken as it is."""
    password_hash = ""
    if body.passwordDigest or body.passwordAlgorithm:
        if body.password:
            raise NotSupported("passwordDigest", "give a password or the hash of one.")
        password_hash = foreign_hashes.encode(body.passwordAlgorithm or "", body.passwordDigest or "")
    user = users.create_user(
        by=manager(request).by, password=body.password or "", password_hash=password_hash, **_changes(body)
    )
    return shapes.user(user)


@router.get("/{user_id}", auth=needs(Permission.PEOPLE))
def get_user(request: HttpRequest, user_id: str, query: Query[schemas.OneUserQuery]) -> dict[str, Any]:
    _refuse_hashes(request)
    return shapes.user(find(User, user_id)) | ({"ssoIdentities": []} if query.includeSsoIdentities else {})


@router.patch("/{user_id}", auth=needs(Permission.MANAGE, person=True))
def update_user(request: HttpRequest, user_id: str, body: schemas.UserChanges) -> dict[str, Any]:
    user = find(User, user_id)
    if changes := _changes(body):
        user = users.update_user(by=manager(request).by, user=user, **changes)
    return shapes.user(user)


@router.delete("/{user_id}", auth=needs(Permission.MANAGE, person=True), response=_NO_CONTENT)
def delete_user(request: HttpRequest, user_id: str) -> Status[None]:
    who = manager(request)
    if who.administrator is not None and who.administrator.pk == user_id:
        raise CannotDeleteSelf
    accounts.delete(by=who.by, user=find(User, user_id))
    return Status(204, None)


@router.get("/{user_id}/custom-data", auth=needs(Permission.PEOPLE))
def get_custom_data(request: HttpRequest, user_id: str) -> dict[str, Any]:
    data: dict[str, Any] = find(User, user_id).custom_data
    return data


@router.patch("/{user_id}/custom-data", auth=needs(Permission.MANAGE, person=True))
def merge_custom_data(request: HttpRequest, user_id: str, body: schemas.CustomData) -> dict[str, Any]:
    """What is named changes; the rest stays."""
    user = users.merge_custom_data(by=manager(request).by, user=find(User, user_id), changes=body.customData)
    data: dict[str, Any] = user.custom_data
    return data


@router.patch("/{user_id}/profile", auth=needs(Permission.MANAGE, person=True))
def merge_profile(request: HttpRequest, user_id: str, body: schemas.Profile) -> dict[str, Any]:
    """What is named changes; null or an empty text takes it away."""
    user = users.merge_profile(by=manager(request).by, user=find(User, user_id), changes=_claims(body.profile))
    profile: dict[str, Any] = user.profile
    return profile


@router.patch("/{user_id}/password", auth=needs(Permission.MANAGE, person=True))
def set_password(request: HttpRequest, user_id: str, body: schemas.PasswordBody) -> dict[str, Any]:
    """One that fits the policy. The person is signed out everywhere."""
    user = find(User, user_id)
    accounts.reset_password(by=manager(request).by, user=user, password=body.password)
    return shapes.user(user)


@router.post("/{user_id}/password/verify", auth=needs(Permission.MANAGE, person=True), response=_NO_CONTENT)
def verify_password(request: HttpRequest, user_id: str, body: schemas.PasswordBody) -> Status[None]:
    if not passwords.verify(find(User, user_id), body.password):
        raise InvalidCredentials
    return Status(204, None)


@router.get("/{user_id}/has-password", auth=needs(Permission.PEOPLE))
def has_password(request: HttpRequest, user_id: str) -> dict[str, bool]:
    return {"hasPassword": find(User, user_id).has_password}


@router.patch("/{user_id}/is-suspended", auth=needs(Permission.SUPPORT, person=True))
def set_suspended(request: HttpRequest, user_id: str, body: schemas.Suspension) -> dict[str, Any]:
    """Somebody who is suspended is signed out everywhere."""
    user, by = find(User, user_id), manager(request).by
    if body.isSuspended:
        accounts.suspend(by=by, user=user)
    else:
        users.set_suspended(by=by, user=user, suspended=False)
    return shapes.user(user)


def _changes(body: schemas.UserChanges) -> dict[str, Any]:
    """What the service calls what is named in the body."""
    named = body.model_fields_set
    changes: dict[str, Any] = {
        kind: getattr(body, name) or "" for name, kind in _IDENTIFIERS.items() if name in named
    }  # fmt: skip
    changes |= {name: getattr(body, name) or None for name in ("name", "avatar") if name in named}
    if "customData" in named:
        changes["custom_data"] = body.customData or {}
    if "profile" in named:
        claims = _claims(body.profile) if body.profile else {}
        changes["profile"] = {name: value for name, value in claims.items() if value}
    return changes


def _claims(profile: ProfileChanges) -> dict[str, Any]:
    claims = profile.model_dump(exclude_unset=True)
    if claims.get("address"):
        claims["address"] = {name: value for name, value in claims["address"].items() if value}
    return claims


def _refuse_hashes(request: HttpRequest) -> None:
    if request.GET.get("includePasswordHash", "false") not in ("false", "0", ""):
        raise NotSupported("includePasswordHash", "hashes of passwords do not leave this server.")
