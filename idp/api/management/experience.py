"""/api/sign-in-exp: how people sign in and what the hosted pages look like."""

from typing import Any

from django.http import HttpRequest
from ninja import Body, Router
from pydantic import create_model

from idp.api import schemas
from idp.api.management import shapes
from idp.api.management.access import Permission, manager, needs
from idp.signin.experience import WIRE, update_experience
from idp.signin.models import SignInExperience

router = Router(tags=["Sign-in experience"])
_KINDS: dict[type, Any] = {list: list[Any], dict: dict[str, Any]}
_FIELDS: dict[str, Any] = {name: (_KINDS.get(kind, kind) | None, None) for name, (_, kind) in WIRE.items()}
ExperienceChanges: Any = create_model(
    "ExperienceChanges", __base__=schemas.Body, __doc__="What is named changes, as a whole; null sets it back.", **_FIELDS,
)  # fmt: skip


@router.get("", auth=needs(Permission.READ))
def get_experience(request: HttpRequest) -> dict[str, Any]:
    return shapes.experience(SignInExperience.load())


@router.patch("", auth=needs(Permission.MANAGE))
def change_experience(request: HttpRequest, body: Body[ExperienceChanges]) -> dict[str, Any]:
    """The rules are those of the console; the first that is broken is named."""
    named = {column: getattr(body, name) for name, (column, _) in WIRE.items() if name in body.model_fields_set}
    changes = {column: _default(column) if value is None else value for column, value in named.items()}
    return shapes.experience(update_experience(by=manager(request).by, **changes))


def _default(column: str) -> Any:
    return getattr(SignInExperience(), column)
