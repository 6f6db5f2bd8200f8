"""The tables of an installation, and their rows in one form for both engines.

A row is a list in the order of the columns, of what JSON knows: moments are ISO 8601 in UTC with microseconds, days, decimals and
UUIDs are text, and JSON is the text that the column holds. `Tally` counts rows and sums their digests, whatever their order, so
two databases that sort differently agree.
"""
# ruff: noqa: S608  names of tables and columns come from our models

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

Row = list[Any]
_BATCH = 2000  # rows in memory at a time
_LEFT_OUT = {"deployment_heartbeat"}  # says which processes live, and they do not move


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # Django's internal type
    field: "models.Field[Any, Any]"

    @property
    def is_encrypted(self) -> bool:
        return type(self.field).__name__.startswith("Encrypted")


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    model: type[models.Model]

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]


class Tally:
    """How many rows, and what they are."""

    def __init__(self, table: Table) -> None:
        self._json = [index for index, column in enumerate(table.columns) if column.kind == "JSONField"]
        self.rows = 0
        self._sum = 0

    def add(self, row: Row, line: str) -> None:
        """`line` is the row as `to_line` writes it."""
        if self._json:
            # PostgreSQL orders the keys of an object and writes numbers in its own way.
            row = row.copy()
            for index in self._json:
                row[index] = None if row[index] is None else _canonical(row[index])
            line = to_line(row)
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")) % 2**256

    @property
    def checksum(self) -> str:
        return f"{self._sum:064x}"

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "checksum": self.checksum}


def to_line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"))


def _canonical(text: str) -> str:
    return json.dumps(_plain(json.loads(text)), sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list) else value


def tables(connection: BaseDatabaseWrapper) -> list[Table]:
    """Those of the migrations that were applied, parents before whoever refers to them."""
    loader = MigrationLoader(connection)
    applied = [key for key in loader.graph.nodes if key in loader.applied_migrations]
    state = loader.project_state(_leaves(loader, applied)) if applied else loader.project_state([])
    found = [model for model in state.apps.get_models(include_auto_created=True) if _is_moved(model)]
    return [_table(model) for model in _parents_first(found)]


def _leaves(loader: MigrationLoader, applied: list[tuple[str, str]]) -> list[tuple[str, str]]:
    known = set(applied)
    return [key for key in applied if not any(child.key in known for child in loader.graph.node_map[key].children)]


def _is_moved(model: type[models.Model]) -> bool:
    options = model._meta
    return options.managed and not options.proxy and not options.swapped and options.db_table not in _LEFT_OUT


def _parents_first(found: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    order: list[type[models.Model]] = []
    waiting = sorted(found, key=lambda model: model._meta.db_table)
    while waiting:
        ready = [model for model in waiting if not _parents(model) & set(waiting) - {model}]
        if not ready:
            raise AssertionError(f"Tables refer to each other in a circle: {waiting}")
        order += ready
        waiting = [model for model in waiting if model not in ready]
    return order


def _parents(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.local_concrete_fields if field.is_relation}


def _table(model: type[models.Model]) -> Table:
    columns = [
        Column(str(field.column), _kind(field), _final(field))
        for field in sorted(model._meta.local_concrete_fields, key=lambda field: str(field.column))
    ]
    return Table(model._meta.db_table, tuple(columns), model)


def _final(field: Any) -> Any:
    """Of a foreign key, the key that it holds."""
    return _final(field.target_field) if field.is_relation else field


def _kind(field: Any) -> str:
    return str(_final(field).get_internal_type())


def read(connection: BaseDatabaseWrapper, table: Table) -> Iterator[Row]:
    """Every row, streamed: a server-side cursor on PostgreSQL."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in table.column_names)
    converters = [_reader(connection, column) for column in table.columns]
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote(table.name)}")
        while batch := cursor.fetchmany(_BATCH):
            for raw in batch:
                yield [
                    None if value is None else convert(value) if convert else value
                    for value, convert in zip(raw, converters, strict=True)
                ]


def _reader(connection: BaseDatabaseWrapper, column: Column) -> Callable[[Any], Any] | None:
    from_database = [one for one in connection.ops.get_db_converters(column.field.get_col("")) if column.kind in _WIRE]
    to_wire = _WIRE.get(column.kind, (None, None))[0]
    if to_wire is None:
        return None
    expression = column.field.get_col("")

    def convert(value: Any) -> Any:
        for one in from_database:
            value = one(value, expression, connection)
        return to_wire(value)

    return convert


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


# How a value is written in a row, and how it is read again.
_WIRE: dict[str, tuple[Callable[[Any], Any], Callable[[str], Any]]] = {
    "DateTimeField": (_moment, datetime.fromisoformat),
    "DateField": (date.isoformat, date.fromisoformat),
    "DecimalField": (str, Decimal),
    "UUIDField": (str, uuid.UUID),
    "BooleanField": (bool, bool),
}
_ADAPTERS: dict[str, Callable[[BaseDatabaseWrapper, Any, Any], Any]] = {
    "DateTimeField": lambda connection, field, value: connection.ops.adapt_datetimefield_value(value),
    "DateField": lambda connection, field, value: connection.ops.adapt_datefield_value(value),
    "DecimalField": lambda connection, field, value: connection.ops.adapt_decimalfield_value(
        value, field.max_digits, field.decimal_places
    ),
    "UUIDField": lambda connection, field, value: value if connection.features.has_native_uuid_field else value.hex,
    "BooleanField": lambda connection, field, value: value,
}


def parameters(connection: BaseDatabaseWrapper, table: Table) -> Callable[[Row], Row]:
    """What turns a row into values for this database."""
    kinds = [(column.kind, column.field) for column in table.columns]

    def convert(row: Row) -> Row:
        return [
            value if value is None or kind not in _WIRE
            else _ADAPTERS[kind](connection, field, _WIRE[kind][1](value))
            for value, (kind, field) in zip(row, kinds, strict=True)
        ]  # fmt: skip

    return convert


def tally(connection: BaseDatabaseWrapper, table: Table) -> Tally:
    found = Tally(table)
    for row in read(connection, table):
        found.add(row, to_line(row))
    return found


def has_rows(connection: BaseDatabaseWrapper, table: Table) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table.name)} LIMIT 1")
        return cursor.fetchone() is not None


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees the database as it is now, however long it reads. Nobody who writes waits for it."""
    reader = connection.copy()
    try:
        if reader.vendor == "postgresql":
            reader.settings_dict["OPTIONS"].pop("pool", None)
            reader.set_autocommit(False)
            begin = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        else:
            begin = "BEGIN DEFERRED"
        with reader.cursor() as cursor:
            cursor.execute(begin)
            cursor.execute("SELECT count(*) FROM django_migrations")  # the moment of the first reading counts
        yield reader
    finally:
        reader.close()
