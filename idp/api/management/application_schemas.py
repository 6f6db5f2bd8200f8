"""The bodies of /applications. What a setting is called and of which kind it is says `idp.applications.wire`."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, create_model

from idp.api.schemas import Body, Text
from idp.applications.wire import CUSTOM_METADATA, OIDC_METADATA, SETTINGS

Type = Literal["Native", "SPA", "Traditional", "MachineToMachine"]
_KINDS: dict[type, Any] = {list: list[str], dict: dict[str, Any]}


def _fields(table: dict[str, tuple[str, type]]) -> dict[str, Any]:
    """Each may be left out; null sets it back."""
    return {name: (_KINDS.get(kind, kind) | None, None) for name, (_, kind) in table.items()}


_oidc: Any = create_model("OidcClientMetadata", __base__=Body, **_fields(OIDC_METADATA))
_custom: Any = create_model(
    "CustomClientMetadata", __base__=Body, **_fields(CUSTOM_METADATA), isDeviceFlow=(bool | None, None)
)
ApplicationChanges: Any = create_model(
    "ApplicationChanges", __base__=Body, __doc__="What is named changes; null sets it back.", **_fields(SETTINGS),
    oidcClientMetadata=(_oidc | None, None), customClientMetadata=(_custom | None, None),
)  # fmt: skip
NewApplication: Any = create_model(
    "NewApplication", __base__=ApplicationChanges, __doc__="The type, isThirdParty and isDeviceFlow are for good.",
    name=(Annotated[str, Field(min_length=1, max_length=256)], ...), type=(Type, ...), isThirdParty=(bool, False),
)  # fmt: skip


class ApplicationQuery(Schema):
    """Of these types; without those that have this role or work for this organization."""

    types: list[Type] = []
    isThirdParty: bool | None = None
    excludeRoleId: str = ""
    excludeOrganizationId: str = ""


class NewSecret(Body):
    """`expiresAt` in milliseconds since 1970; null for never."""

    name: Text
    expiresAt: Annotated[int, Field(gt=0, lt=10**14)] | None = None
