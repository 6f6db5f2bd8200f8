"""The bodies of /users."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from idp.api.account_schemas import Name, ProfileChanges
from idp.api.schemas import Body

Username = Annotated[str, Field(max_length=128, pattern=r"^([A-Z_a-z]\w*)?$")]
Email = Annotated[str, Field(max_length=254, pattern=r"^(\S+@\S+\.\S+)?$")]
Phone = Annotated[str, Field(max_length=32, pattern=r"^\d*$")]
Picture = Annotated[str, Field(max_length=2048, pattern=r"^(https?://\S+)?$")]
Password = Annotated[str, Field(min_length=1, max_length=256)]
Algorithm = Literal["Argon2i", "Argon2id", "Argon2d", "Bcrypt", "SHA1", "SHA256", "MD5", "PBKDF2", "Scrypt", "Legacy"]


class UserQuery(Schema):
    """People who have not this role, or are no members of this organization."""

    excludeRoleId: str = ""
    excludeOrganizationId: str = ""


class OneUserQuery(Schema):
    includeSsoIdentities: bool = False


class UserChanges(Body):
    """What is named changes, `customData` and `profile` as a whole; null or an empty text clears it."""

    username: Username | None = None
    primaryEmail: Email | None = None
    primaryPhone: Phone | None = None
    name: Name | None = None
    avatar: Picture | None = None
    customData: dict[str, Any] | None = None
    profile: ProfileChanges | None = None


class NewUser(UserChanges):
    """A password, or the hash of one (`passwordDigest` with `passwordAlgorithm`), or neither."""

    password: Password | None = None
    passwordDigest: Annotated[str, Field(max_length=1024)] | None = None
    passwordAlgorithm: Algorithm | None = None


class CustomData(Body):
    customData: dict[str, Any]


class Profile(Body):
    profile: ProfileChanges


class PasswordBody(Body):
    password: Password


class Suspension(Body):
    isSuspended: bool
