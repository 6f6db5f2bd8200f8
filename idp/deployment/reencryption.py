"""Encrypted columns under the newest of ENCRYPTION_KEYS, so that an older key can be thrown away.

The columns are those of every model that has an encrypted field, whoever adds one. What is under the newest key already is passed
over, so a run that was stopped goes on by being started again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from idp.lib.encryption import Age, EncryptedTextField, age, renew

_BATCH = 500  # rows that are read at a time, and written in one transaction


@dataclass(frozen=True)
class Column:
    model: type[models.Model]
    name: str

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.name}"


def encrypted_columns() -> list[Column]:
    return [
        Column(model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def ages(column: Column) -> Counter[Age]:
    """How many values each kind of key opens."""
    return Counter(age(token) for batch in _batches(column) for _, token in batch)


def reencrypt(column: Column) -> int:
    """Write what is under an older key under the newest one; returns how many. A value that changes meanwhile is left alone."""
    return sum(_renew(column, batch) for batch in _batches(column))


@transaction.atomic
def _renew(column: Column, batch: list[tuple[Any, str]]) -> int:
    renewed = 0
    for pk, token in batch:
        if age(token) is Age.OLDER:
            row = _raw(column).filter(pk=pk, raw=token)
            renewed += row.update(**{column.name: models.Value(renew(token), output_field=models.TextField())})
    return renewed


def _batches(column: Column) -> Iterator[list[tuple[Any, str]]]:
    rows = _raw(column).exclude(raw=None).order_by("pk").values_list("pk", "raw")
    batch = list(rows[:_BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1][0])[:_BATCH])


def _raw(column: Column) -> Any:
    return column.model._default_manager.annotate(raw=Cast(column.name, models.TextField()))
