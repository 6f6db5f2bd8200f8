"""Two administrators and one record: whoever saves over a newer version is told so first, and loses nothing.

A form that changes something stored carries a version: when its page was made, and a keyed hash of every stored value
that it shows. To save, the record is locked, the form is made again of what is stored now, and the hashes are compared. Where
they differ nothing is written: the page comes back (409) with everything typed, says what the other one changed and who it
was, and carries the version of now, so that sending it again saves over that and over nothing newer.
"""

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from django import forms
from django.db import transaction
from django.forms.utils import pretty_name
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict

from console.access import Permission, administrator, may
from console.undo import Undo, announce, as_posted
from idp.audit.models import Event, EventFilter
from idp.users.models import User

Record = TypeVar("Record")
AnyForm = TypeVar("AnyForm", bound=forms.BaseForm)
_DIGITS = 8  # of the hash of one value: the form has its own page only, and nobody gains by a collision
_SHOWN = 120  # characters of a value
_EVENTS = 20
_known_columns: dict[tuple[Any, ...], set[str]] = {}  # by kind of form
_CHANGES = (".updated", "_saved", ".roles_set", ".permissions_set")  # how the keys of such events end


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that has another value than the page was made with; `text` is the value of now."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else saved meanwhile. `by` is empty when the log does not tell."""

    fields: list[Changed]
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest change in the log, by whom; `event_id` is its entry."""

    by: str
    at: datetime
    event_id: int


@dataclass(slots=True)
class Edit(Generic[AnyForm]):
    """A form on its way: shown, refused, in conflict or saved."""

    form: AnyForm
    version: str
    is_locked: bool = False
    saved: bool = False
    conflict: Conflict | None = None
    changed: list[str] = field(default_factory=list)  # labels of what was saved
    undo: Undo | None = None
    status: int = field(init=False, default=200)

    def __post_init__(self) -> None:
        self.status = 409 if self.conflict else 200
        for name in ("version", "is_locked", "conflict"):  # where the components of the page look for them
            setattr(self.form, name, getattr(self, name))

    def announce(self, request: HttpRequest, text: str = "The changes are saved.") -> None:
        """Tell what was saved, and offer to take it back."""
        announce(request, text=text, changed=self.changed, undo=self.undo)


def edit(
    request: HttpRequest,
    *,
    load: Callable[[bool], Record],
    build: Callable[[Record, Any], AnyForm],
    write: Callable[[Record, AnyForm], bool],
    about: EventFilter,
    columns: Callable[[AnyForm], Collection[str]] | None = None,
    allowed: bool | None = None,
) -> Edit[AnyForm]:
    """Show or save one record.

    `load(lock)` reads it, for change when asked so; `build(record, data)` makes its form; `write` saves what is valid, or
    puts the reason on the form and returns False. `about` finds its changes in the audit log, of these those of `columns`,
    where the form is a part of the record only. Who may not change it (`allowed`, else by MANAGE) gets the fields disabled.
    """
    can_change = may(request, Permission.MANAGE) if allowed is None else allowed
    if request.method != "POST" or not can_change:
        record = load(False)
        form = build(record, None)
        if not can_change:
            _disable(form)
        shown = cast(Any, form)
        shown.last_change = lambda: _last_change(about, _columns_of(form, record, build, columns))
        return Edit(form, version_of(form), is_locked=not can_change)
    seen = request.POST.get("version", "")
    with transaction.atomic():
        record = load(True)
        form = build(record, request.POST)
        changed = _changed_since(form, seen) if form.is_valid() else []
        saved = not changed and form.is_valid() and write(record, form)
        if not saved:
            transaction.set_rollback(True)  # not even an empty row that was made to be locked
        after = build(load(True), None) if saved else None
    if changed:
        by, at = _who(request, about, seen, set(columns(form)) if columns else set())
        return Edit(form, version_of(form), conflict=Conflict(changed, by, at))
    if after is None:
        return Edit(form, seen or version_of(form))
    labels, undo = _what_changed(request, form, after)
    return Edit(form, version_of(after), saved=True, changed=labels, undo=undo)


def stored(model: Any, pk: Any, *, lock: bool) -> Any:
    """The row with this key, for change when asked so; a page that says so (404) when there is none."""
    return get_object_or_404(model.objects.select_for_update() if lock else model.objects.all(), pk=pk)


def answer(request: HttpRequest, editing: Edit[Any], template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form: once more with the announcement when it was saved."""
    if editing.saved:
        editing.announce(request)
        return redirect(request.path)
    return render(request, template, {"form": editing.form, **context}, status=editing.status)


def _what_changed(request: HttpRequest, before: AnyForm, after: AnyForm) -> tuple[list[str], Undo | None]:
    """The labels of what has another value now, and how to take that back, if it can be."""
    old, new = ({name: (value, changed.label) for name, value, changed in _stored(form)} for form in (before, after))
    names = [
        name for name, (value, _) in new.items() if _digest(name, value) != _digest(name, old.get(name, ("", ""))[0])
    ]
    labels = list(dict.fromkeys(new[name][1] for name in names))
    secrets_changed = any(name in old and old[name][0][1] != new[name][0][1] for name in names)
    if not names or secrets_changed or set(old) != set(new):
        return labels, None
    return labels, Undo(request.path, as_posted(getattr(before, "compared", before)), version_of(after))


def version_of(form: forms.BaseForm) -> str:
    """`<milliseconds>.<hash of each stored value, in the order of the form>`."""
    return f"{int(time.time() * 1000)}.{''.join(_digest(name, value) for name, value, _ in _stored(form))}"


def _changed_since(form: forms.BaseForm, seen: str) -> list[Changed]:
    """The fields whose stored value is not the one that was seen. A form without a version is not compared."""
    digests = seen.partition(".")[2]
    if not digests:
        return []
    now = [(_digest(name, value), label) for name, value, label in _stored(form)]
    if len(digests) != _DIGITS * len(now):  # the record has other fields by now: all of it is new
        return [Changed("The settings on this page", "")]
    then = [digests[start : start + _DIGITS] for start in range(0, len(digests), _DIGITS)]
    return [label for (digest, label), before in zip(now, then, strict=True) if digest != before]


def _parts(form: forms.BaseForm) -> list[tuple[str, forms.BaseForm]]:
    """The form itself, and what it is made of besides: (prefix of labels, form)."""
    return [("", form), *getattr(form, "parts", [])]


def _stored(form: forms.BaseForm) -> Iterator[tuple[str, Any, Changed]]:
    """(name, stored value, how a conflict shows it) of each field.

    `hidden_state` has what a form does not show; `compared` is another form over the same, to be compared in its place.
    """
    form = getattr(form, "compared", form)
    hidden: dict[str, Any] = getattr(form, "hidden_state", {})
    for prefix, part in _parts(form):
        for name, one in part.fields.items():
            value = part.get_initial_for_field(one, name)
            label = str(one.label or pretty_name(name))
            shown = "a new value, not shown" if name in hidden and hidden[name] is not None else _in_words(one, value)
            yield (
                f"{prefix}{name}",
                [value, hidden.get(name)],
                Changed(f"{prefix}: {label}" if prefix else label, shown),
            )


def _digest(name: str, value: Any) -> str:
    text = json.dumps([name, value], sort_keys=True, default=str)
    return salted_hmac("console.editing", text, algorithm="sha256").hexdigest()[:_DIGITS]


def _in_words(one: forms.Field, value: Any) -> str:
    if isinstance(one, forms.BooleanField):
        return "on" if value else "off"
    if isinstance(one, forms.ChoiceField):
        choices = cast(Iterable[tuple[Any, Any]], one.choices)  # no form of the console groups them
        labels = {str(key): str(label) for key, label in choices}
        values = value if isinstance(value, list | tuple | set) else [value]
        text = ", ".join(labels.get(str(key), str(key)) for key in values if key not in (None, ""))
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False) if value else ""
    else:
        text = "" if value is None else str(value)
    return (text[:_SHOWN] + "…" if len(text) > _SHOWN else text) or "empty"


def _who(request: HttpRequest, about: EventFilter, seen: str, columns: set[str]) -> tuple[str, datetime | None]:
    """Who changed it last since the page was made, and when."""
    moment = seen.partition(".")[0]
    since = datetime.fromtimestamp(int(moment) / 1000, UTC) if moment.isdecimal() and len(moment) < 15 else None
    last = _newest_change(replace(about, since=since), columns)
    if last is None:
        return "", None
    if last.actor == administrator(request).audit_name:
        return "You, in another window,", last.created_at
    return _name_of(last.actor), last.created_at


def _last_change(about: EventFilter, columns: set[str]) -> LastChange | None:
    last = _newest_change(about, columns)
    return LastChange(_name_of(last.actor), last.created_at, last.pk) if last else None


def _newest_change(about: EventFilter, columns: set[str]) -> Event | None:
    """Of the last few events about it."""
    events = Event.objects.newest(replace(about, succeeded=True), _EVENTS)
    return next((event for event in events if _is_change(event, about, columns)), None)


def _name_of(actor: str) -> str:
    user = User.objects.filter(pk=actor.removeprefix("user:")).first() if actor.startswith("user:") else None
    return user.display_name if user else actor or "the system"


def _columns_of(
    shown: AnyForm,
    record: Record,
    build: Callable[[Record, Any], AnyForm],
    columns: Callable[[AnyForm], Collection[str]] | None,
) -> set[str]:
    """Those that the form would save as it stands. They depend on its fields alone, so each kind is filled in once."""
    if columns is None:
        return set()
    kind = (type(shown), *shown.fields)
    if kind not in _known_columns and (found := _columns_if_saved(record, build, columns)):
        _known_columns[kind] = found
    return _known_columns.get(kind, set())


def _columns_if_saved(
    record: Record, build: Callable[[Record, Any], AnyForm], columns: Callable[[AnyForm], Collection[str]]
) -> set[str]:
    data = MultiValueDict[str, str]()
    for name, text in as_posted(build(record, None)):
        data.appendlist(name, text)
    form = build(record, data)
    return set(columns(form)) if form.is_valid() else set()


def _is_change(event: Event, about: EventFilter, columns: set[str]) -> bool:
    if about.subject and event.target != about.subject:  # something that this person did elsewhere
        return False
    fields = event.data.get("fields") or columns
    return event.key.endswith(_CHANGES) and (not columns or bool(columns & set(fields)))


def _disable(form: forms.BaseForm) -> None:
    for _, part in _parts(form):
        for one in part.fields.values():
            one.disabled = True
