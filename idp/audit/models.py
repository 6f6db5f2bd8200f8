from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

from idp.lib import keyset

NEWEST_FIRST = ("-created_at", "-pk")
OLDEST_FIRST = ("created_at", "pk")
# An event can be read once its transaction has ended, later than its own time says: whoever follows the log stays this far
# behind, or would have passed it by then.
SETTLED_AFTER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events somebody wants to read; what is empty does not matter.

    `subject` is `kind:id`: somebody or something that acted, that it was done to or, for an application, that it was
    done with. Times are those of `created_at`, `since` included, `until` excluded.
    """

    key: str = ""
    succeeded: bool | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, newest first, and whether there are newer and older ones."""

    events: "list[Event]"
    has_newer: bool
    has_older: bool


class EventQuerySet(models.QuerySet["Event"]):
    def about_user(self, user_id: str) -> "EventQuerySet":
        return self.filter(target=f"user:{user_id}") | self.filter(actor=f"user:{user_id}")

    def streams(self, wanted: EventFilter) -> "list[EventQuerySet]":
        """What is wanted, as the union of queries that each read one index from one end and need no sort.

        A single query with OR would have to read all that match, and sort it, before it knew the newest.
        """
        if wanted.subject:
            columns = ["actor", "target"] + ["application"] * wanted.subject.startswith("application:")
            subject = wanted.subject.removeprefix("application:")
            parts = [self.filter(**{c: subject if c == "application" else wanted.subject}) for c in columns]
            if wanted.succeeded is not None:
                parts = [part.filter(succeeded__in=[wanted.succeeded]) for part in parts]
        else:
            # A list of one is `= false` to both databases; Django's own `NOT succeeded` is no use of an index to SQLite.
            outcomes = (False, True) if wanted.succeeded is None else (wanted.succeeded,)
            parts = [self.filter(succeeded__in=[outcome]) for outcome in outcomes]
        same = models.Q()
        if wanted.key:
            same &= models.Q(key=wanted.key)
        if wanted.since:
            same &= models.Q(created_at__gte=wanted.since)
        if wanted.until:
            same &= models.Q(created_at__lt=wanted.until)
        return [part.filter(same) for part in parts]

    def newest(self, wanted: EventFilter, count: int, *, before: "Event | None" = None) -> "list[Event]":
        """At most `count` events, newest first, that came before the given one."""
        parts = self.streams(wanted)
        if before:
            parts = [part.filter(keyset.earlier_than(before)) for part in parts]
        return self._merge(parts, count, NEWEST_FIRST)

    def count_up_to(self, wanted: EventFilter, most: int) -> int:
        """How many there are; with more than `most`, so many. What is in two streams counts once."""
        found = {pk for part in self.streams(wanted) for pk in part.values_list("pk", flat=True)[:most]}
        return min(len(found), most)

    def next_after(self, wanted: EventFilter, count: int, after: "Event") -> "list[Event]":
        """At most `count` events, oldest first, that came right after the given one."""
        parts = [part.filter(keyset.later_than(after)) for part in self.streams(wanted)]
        return self._merge(parts, count, OLDEST_FIRST)

    def arrived(self, wanted: EventFilter, count: int, after: keyset.Row) -> "list[Event]":
        """The newest, at most `count`, of those that came after this one and are settled; for whoever follows the log."""
        settled = timezone.now() - SETTLED_AFTER
        until = min(wanted.until, settled) if wanted.until else settled
        parts = [part.filter(keyset.later_than(after)) for part in self.streams(replace(wanted, until=until))]
        return self._merge(parts, count, NEWEST_FIRST)

    def _merge(self, parts: "list[EventQuerySet]", count: int, order: tuple[str, str]) -> "list[Event]":
        """The first of several streams, read by one statement; what is in two of them (somebody did it to themselves) comes once.

        Written out, because Django makes no union of parts with an end of their own on SQLite.
        """
        queries = [part.order_by(*order)[:count].query.sql_with_params() for part in parts]
        # The text is Django's own; what somebody typed is among the values.
        union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part{number}" for number, (sql, _) in enumerate(queries))  # noqa: S608
        found = {event.pk: event for event in self.raw(union, [value for _, values in queries for value in values])}
        return sorted(found.values(), key=lambda event: (event.created_at, event.pk), reverse=order is NEWEST_FIRST)[
            :count
        ]

    def page(
        self, wanted: EventFilter, size: int, *, before: "Event | None" = None, after: "Event | None" = None
    ) -> EventPage:
        """The newest page, or the one right before or after an event. Nothing is counted: that would read everything."""
        if after:
            found = self.next_after(wanted, size + 1, after)
            if len(found) <= size:  # fewer than a page are newer: show the newest page, and a whole one
                return self.page(wanted, size)
            return EventPage(found[:size][::-1], has_newer=True, has_older=True)
        found = self.newest(wanted, size + 1, before=before)
        return EventPage(found[:size], has_newer=before is not None, has_older=len(found) > size)

    def walk(self, wanted: EventFilter, *, batch: int) -> "Iterator[Event]":
        """Everything wanted, newest first, one batch in memory at a time."""
        events = self.newest(wanted, batch)
        while events:
            yield from events
            events = self.newest(wanted, batch, before=events[-1]) if len(events) == batch else []


class Event(models.Model):
    """One thing that happened. No foreign keys: a log outlives what it describes.

    `actor` and `target` are `kind:id` (`user:2k1…`, `application:…`); an empty actor is the system itself.
    `application` is the id of the one it was done with, also in `data`: a column, so that it can be looked for.
    """

    key = models.CharField(max_length=80)
    actor = models.CharField(max_length=80, blank=True)
    target = models.CharField(max_length=160, blank=True)
    application = models.CharField(max_length=64, blank=True, default="")
    succeeded = models.BooleanField(default=True)
    data = models.JSONField(default=dict)
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        # One for each way to read (`streams`): what is asked for, the order of reading, then what else may be asked,
        # so that what does not fit is passed over without a look at its row.
        indexes: ClassVar = [
            models.Index(fields=["succeeded", "created_at", "id"], name="event_outcome"),
            models.Index(fields=["key", "succeeded", "created_at", "id"], name="event_key"),
            models.Index(fields=["actor", "created_at", "id", "key", "succeeded"], name="event_actor"),
            models.Index(fields=["target", "created_at", "id", "key", "succeeded"], name="event_target"),
            models.Index(fields=["application", "created_at", "id", "key", "succeeded"], name="event_application"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.target}"
