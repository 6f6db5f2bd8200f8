"""The bodies of /subject-tokens and /one-time-tokens."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from idp.api.management.user_schemas import Email
from idp.api.schemas import Body, Text
from idp.verification import one_time_tokens

Address = Annotated[str, Field(max_length=254, pattern=r"^\S+@\S+\.\S+$")]


class NewSubjectToken(Body):
    """`context` is for whoever exchanges it."""

    userId: Text
    context: dict[str, Any] = {}


class NewOneTimeToken(Body):
    """`expiresIn` in seconds, a week at most."""

    email: Address
    context: dict[str, Any] = {}
    expiresIn: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] = int(one_time_tokens.LIFETIME.total_seconds())


class OneTimeTokenQuery(Schema):
    email: Email = ""
    status: Literal["active", "consumed", "revoked", "expired"] | None = None


class UsedToken(Body):
    token: Text
    email: Address


class NewStatus(Body):
    status: Literal["active", "consumed", "revoked", "expired"]
