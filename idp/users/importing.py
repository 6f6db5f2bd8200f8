"""Add many people from a file: say what its columns are, try it without writing, let the background worker do it.

Every person goes through `create_user`, as if an administrator had added them. One who cannot be added is reported with the
reason; the others are.
"""

import json
import time
from collections.abc import Iterator
from typing import Any, cast

from django.db import DataError, transaction
from django.db.models import F, Q
from django.utils import timezone

from idp.audit.services import record
from idp.lib.errors import DomainError
from idp.lib.storable import REFUSED, is_storable
from idp.users import foreign_hashes, identifiers, import_files
from idp.users.errors import IdentifierMissing, IdentifierTaken, ImportNotReady, ImportValueInvalid
from idp.users.models import User, UserImport
from idp.users.profile_fields import PROFILE_KEYS
from idp.users.services import check_avatar, create_user

# What a column can be, with its name for people; `custom` keeps it under its own name in the custom data.
TARGETS = {
    "": "Leave out", "username": "Username", "email": "Email address", "phone": "Phone number", "name": "Full name",
    "avatar": "Avatar URL", "profile": "Profile (JSON)", "customData": "Custom data (JSON)",
    "passwordDigest": "Password hash", "passwordAlgorithm": "Password hash algorithm",
    **{f"profile.{key}": f"Profile: {key}" for key in PROFILE_KEYS}, "custom": "Custom data under its own name",
}  # fmt: skip
_GUESSES = {
    "username": "username", "login": "username", "email": "email", "primaryemail": "email", "mail": "email",
    "emailaddress": "email", "phone": "phone", "primaryphone": "phone", "phonenumber": "phone", "mobile": "phone",
    "name": "name", "fullname": "name", "displayname": "name", "avatar": "avatar", "picture": "avatar",
    "profile": "profile", "customdata": "customData", "usermetadata": "customData", "passworddigest": "passwordDigest",
    "passwordhash": "passwordDigest", "passwordencrypted": "passwordDigest", "passwordalgorithm": "passwordAlgorithm",
    "passwordencryptionmethod": "passwordAlgorithm", "firstname": "profile.givenName", "lastname": "profile.familyName",
    **{key.lower(): f"profile.{key}" for key in PROFILE_KEYS},
}  # fmt: skip
PROBLEMS_KEPT = 1000
_BATCH = 100
_PATIENCE = 3.0  # seconds that one round may take, because others wait for the same worker


def upload(*, by: str, name: str, content: bytes) -> UserImport:
    """Keep a file as a draft, with a guess for each of its columns. Raises ImportUnreadable."""
    rows = import_files.read(content)
    columns = import_files.columns(rows)
    mapping = {column: _GUESSES.get(_plain(column), "") for column in columns}
    return UserImport.objects.create(
        name=name[:200], by=by, rows=rows, columns=columns, mapping=_once_each(mapping), total=len(rows)
    )


def check(draft: UserImport) -> Iterator[tuple[int, str]]:
    """Numbers of the rows that cannot be added (the first is 1), each with the reason. Nothing is written."""
    seen: dict[tuple[str, str], int] = {}
    pending: list[tuple[int, dict[str, Any]]] = []
    for number, row in enumerate(draft.rows, 1):
        try:
            person = read_row(row, draft.mapping)
            _refuse_seen(person, number, seen)
        except DomainError as error:
            yield number, error.message
        else:
            pending.append((number, person))
        if len(pending) == _BATCH:
            yield from _taken(pending)
            pending = []
    yield from _taken(pending)


def set_mapping(*, draft: UserImport, mapping: dict[str, str]) -> None:
    """Raises ImportNotReady when no column is an identifier, or two are the same."""
    chosen = [target for target in mapping.values() if target and target != "custom"]
    twice = next((target for target in chosen if chosen.count(target) > 1), None)
    if twice:
        raise ImportNotReady(f"Two columns are “{TARGETS[twice]}”.")
    if not set(chosen) & identifiers.COLUMNS.keys():
        raise ImportNotReady("One column must be a username, an email address or a phone number.")
    UserImport.objects.filter(pk=draft.pk, status=UserImport.Status.DRAFT).update(mapping=mapping)
    draft.mapping = mapping


@transaction.atomic
def start(*, by: str, draft: UserImport) -> None:
    """Hand it to the background worker, once."""
    mine = UserImport.objects.filter(pk=draft.pk, status=UserImport.Status.DRAFT)
    if mine.update(status=UserImport.Status.RUNNING, by=by):
        record("user.import_started", by=by, target=f"user-import:{draft.pk}", file=draft.name, rows=draft.total)


@transaction.atomic
def discard(*, by: str, draft: UserImport) -> bool:
    """Forget a file that was not started; False when it was."""
    gone = UserImport.objects.filter(pk=draft.pk, status=UserImport.Status.DRAFT).delete()[0]
    if gone:
        record("user.import_discarded", by=by, target=f"user-import:{draft.pk}", file=draft.name)
    return bool(gone)


def advance() -> int:
    """Go on with imports that run, for a few seconds; returns how many rows were done."""
    done, until = 0, time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        running = UserImport.objects.filter(status=UserImport.Status.RUNNING).order_by("created_at").first()
        if running is None:
            break
        done += _go_on(running, until)
    return done


def _go_on(running: UserImport, until: float) -> int:
    """As long as nobody else goes on with it: the file is decrypted once for all of these rows."""
    begun = running.position
    while running.position < running.total and time.monotonic() < until:
        moved = _advance(running)
        if not moved:
            break
        running.position += moved
    return running.position - begun


@transaction.atomic
def _advance(running: UserImport) -> int:
    """The next rows, and how far that is, in one transaction: a worker that is killed leaves neither."""
    end = min(running.position + _BATCH, running.total)
    here = UserImport.objects.filter(pk=running.pk, position=running.position, status=UserImport.Status.RUNNING)
    if not here.update(position=end):
        return 0  # another worker has these
    rows = running.rows[running.position : end]
    problems = [
        [number, problem]
        for number, row in enumerate(rows, running.position + 1)
        if (problem := _add(row, running)) is not None
    ]
    facts: dict[str, Any] = {
        "created": F("created") + len(rows) - len(problems), "problem_count": F("problem_count") + len(problems),
    }  # fmt: skip
    if problems:
        running.problems = (running.problems + problems)[:PROBLEMS_KEPT]
        facts["problems"] = running.problems
    if end == running.total:
        # What the file said is not needed any more, and not kept.
        facts |= {"status": UserImport.Status.DONE, "finished_at": timezone.now(), "rows": []}
    UserImport.objects.filter(pk=running.pk).update(**facts)
    if end == running.total:
        running.refresh_from_db(fields=["created", "problem_count"])
        record(
            "user.import_finished", by=running.by, target=f"user-import:{running.pk}", file=running.name,
            created=running.created, problems=running.problem_count,
        )  # fmt: skip
    return len(rows)


def _add(row: dict[str, Any], running: UserImport) -> str | None:
    """The reason, when this person cannot be added."""
    try:
        with transaction.atomic():
            create_user(by=running.by, **read_row(row, running.mapping))
    except DomainError as error:
        return error.message
    except DataError:  # what no rule of ours foresaw must not keep the worker from everybody else
        return "The database does not take this row."
    return None


def read_row(row: dict[str, Any], mapping: dict[str, str]) -> dict[str, Any]:
    """The arguments of create_user. Raises InvalidIdentifier, IdentifierMissing, ImportValueInvalid, InvalidPasswordDigest."""
    person: dict[str, Any] = {"profile": {}, "custom_data": {}}
    password: dict[str, str] = {}
    for column, value in row.items():
        target = mapping.get(column, "")
        if not target or value in (None, ""):
            continue
        if target in identifiers.COLUMNS:
            person[target] = identifiers.clean(target, str(value))
        elif target in ("profile", "customData"):
            person["profile" if target == "profile" else "custom_data"] |= _object(column, value)
        elif target == "custom":
            person["custom_data"][column] = value
        elif target.startswith("profile."):
            person["profile"][target.removeprefix("profile.")] = str(value)
        elif target.startswith("password"):
            password[target] = str(value)
        else:
            person[target] = _fitting(target, str(value))
    _require_somebody(person)
    if "passwordDigest" in password:
        method = password.get("passwordAlgorithm", "Argon2id")
        person["password_hash"] = foreign_hashes.encode(method, password["passwordDigest"])
    return person


def _require_somebody(person: dict[str, Any]) -> None:
    if not person.keys() & identifiers.COLUMNS.keys():
        raise IdentifierMissing
    check_avatar(person.get("avatar"))
    if not is_storable(person):
        raise ImportValueInvalid(REFUSED)


def _fitting(target: str, text: str) -> str:
    most = cast(Any, User._meta.get_field(target)).max_length
    if len(text) > most:
        raise ImportValueInvalid(f"{TARGETS[target]}: at most {most:,} characters.")
    return text


def _object(column: str, value: Any) -> dict[str, Any]:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError) as error:
        raise ImportValueInvalid(f"{column} is not JSON.") from error
    if not isinstance(found, dict):
        raise ImportValueInvalid(f"{column} is not an object with names and values.")
    return found


def _refuse_seen(person: dict[str, Any], number: int, seen: dict[tuple[str, str], int]) -> None:
    for kind in identifiers.COLUMNS:
        if kind in person:
            first = seen.setdefault((kind, person[kind]), number)
            if first != number:
                raise ImportValueInvalid(f"{person[kind]} is in row {first} already.")


def _taken(people: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, str]]:
    """Those of whom an identifier belongs to somebody already: one statement for all."""
    anybody = Q(pk__in=[])
    for kind, field in identifiers.COLUMNS.items():
        anybody |= Q(**{f"{field}__in": [person[kind] for _, person in people if kind in person]})
    owned = User.objects.filter(anybody).values_list(*identifiers.COLUMNS.values())
    taken = {(kind, value) for row in owned for kind, value in zip(identifiers.COLUMNS, row, strict=True) if value}
    for number, person in people:
        again = next((kind for kind in identifiers.COLUMNS if (kind, person.get(kind)) in taken), "")
        if again:
            yield number, IdentifierTaken(again).message


def _plain(column: str) -> str:
    return "".join(filter(str.isalnum, column.lower()))


def _once_each(mapping: dict[str, str]) -> dict[str, str]:
    """Of two columns that look the same the first is taken."""
    seen: set[str] = set()
    kept = {}
    for column, target in mapping.items():
        kept[column] = "" if target in seen else target
        seen.add(target)
    return kept
