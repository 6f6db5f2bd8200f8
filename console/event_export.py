"""Events as lines of a file, one at a time, so that a large file needs no memory."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from console.csv_lines import csv_line, harmless
from console.event_words import sentence
from idp.audit.models import Event
from idp.audit.services import EXPORT_CAP

COLUMNS = ("id", "time", "key", "event", "outcome", "actor", "target", "application", "address", "user_agent", "data")
TRUNCATED = f"Stopped after {EXPORT_CAP:,} events. Choose fewer days to get the older ones."


def facts(event: Event) -> dict[str, Any]:
    """Of an event, with the names that COLUMNS has."""
    return {
        "id": event.pk, "time": event.created_at.isoformat(), "key": event.key, "event": sentence(event),
        "outcome": "succeeded" if event.succeeded else "failed", "actor": event.actor, "target": event.target,
        "application": event.application, "address": event.address, "user_agent": event.user_agent, "data": event.data,
    }  # fmt: skip


def csv_lines(events: Iterable[Event]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    yield from _capped(events, _csv_event, csv_line([TRUNCATED]))


def json_lines(events: Iterable[Event]) -> Iterator[str]:
    yield from _capped(
        events, lambda event: _json_line(facts(event)), _json_line({"truncated": True, "note": TRUNCATED})
    )


def _capped(events: Iterable[Event], line: Callable[[Event], str], note: str) -> Iterator[str]:
    for number, event in enumerate(events):
        if number == EXPORT_CAP:
            yield note
            return
        yield line(event)


def _csv_event(event: Event) -> str:
    cells = facts(event)
    cells["data"] = json.dumps(event.data, ensure_ascii=False)
    return csv_line(harmless(str(cells[name])) for name in COLUMNS)


def _json_line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Iterable[Event]], Iterator[str]]] = {"csv": csv_lines, "jsonl": json_lines}
