"""People as lines of a file, one at a time. Neither passwords nor second factors leave this server."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from console.csv_lines import csv_line, harmless
from idp.lib import phones
from idp.users.models import User

COLUMNS = (
    "id", "username", "primaryEmail", "primaryPhone", "name", "avatar", "profile", "customData", "isSuspended",
    "applicationId", "createdAt", "lastSignInAt",
)  # fmt: skip


def facts(user: User) -> dict[str, Any]:
    """Of a person, with the names that COLUMNS has: Logto's, and those that an import understands."""
    return {
        "id": user.pk, "username": user.username, "primaryEmail": user.primary_email,
        "primaryPhone": phones.e164(user.primary_phone) if user.primary_phone else None, "name": user.name,
        "avatar": user.avatar, "profile": user.profile, "customData": user.custom_data, "isSuspended": user.is_suspended,
        "applicationId": user.application_id or None, "createdAt": user.created_at.isoformat(),
        "lastSignInAt": user.last_sign_in_at.isoformat() if user.last_sign_in_at else None,
    }  # fmt: skip


def csv_lines(users: Iterable[User]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for user in users:
        yield csv_line(harmless(_cell(value)) for value in facts(user).values())


def json_lines(users: Iterable[User]) -> Iterator[str]:
    for user in users:
        yield json.dumps(facts(user), ensure_ascii=False) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)


FORMATS: dict[str, Callable[[Iterable[User]], Iterator[str]]] = {"csv": csv_lines, "jsonl": json_lines}
