"""Writing one row on the hot endpoints: the SQL is compiled once for the process.

Django builds the statement anew for every `save()` and `update()`, which costs four times what the database needs. Here its compiler
runs once.
"""

from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery, UpdateQuery

M = TypeVar("M", bound=models.Model)


class Insertion(Generic[M]):
    """`insert(row)` is `row.save(force_insert=True)` for a model without parents, of which no signal tells."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._compiled: dict[str, tuple[list[Any], list[Any], str]] = {}

    def insert(self, row: M) -> M:
        """Sets the key that the database made, if it makes one. Raises IntegrityError, as `save()` does."""
        fields, returned, sql = self._statement(row)
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
        with transaction.mark_for_rollback_on_error(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(sql, values)
            made = cursor.fetchone() if returned else ()
        for field, value in zip(returned, made, strict=True):
            setattr(row, field.attname, value)
        row._state.adding, row._state.db = False, connection.alias
        return row

    def _statement(self, row: M) -> tuple[list[Any], list[Any], str]:
        """One for each kind of database; two threads may both compile it, and either result will do."""
        if connection.vendor not in self._compiled:
            returned: list[Any] = list(self._model._meta.db_returning_fields)
            fields = [field for field in self._model._meta.local_concrete_fields if field not in returned]
            query = InsertQuery(self._model)
            query.insert_values(fields, [row])
            compiler: Any = query.get_compiler(connection=connection)
            compiler.returning_fields = returned
            ((sql, params),) = compiler.as_sql()
            if len(params) != len(fields):
                raise ValueError("An insertion has one parameter for each column.")
            self._compiled[connection.vendor] = fields, returned, sql
        return self._compiled[connection.vendor]


class Consumption:
    """`consume(pk, at=now)` is `model.objects.filter(pk=pk, field=None).update(field=now)`: whoever comes first gets True."""

    def __init__(self, model: type[models.Model], field: str) -> None:
        self._model, self._field = model, model._meta.get_field(field)
        self._compiled: dict[str, str] = {}

    def consume(self, pk: str, *, at: datetime) -> bool:
        value: Any = self._field.get_db_prep_save(at, connection)  # type: ignore[union-attr]
        with transaction.mark_for_rollback_on_error(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(self._statement(at), [value, pk])
            return bool(cursor.rowcount)

    def _statement(self, at: datetime) -> str:
        if connection.vendor not in self._compiled:
            query: Any = self._model._default_manager.filter(pk="?", **{self._field.name: None}).query.chain(
                UpdateQuery
            )
            query.add_update_values({self._field.name: at})
            sql, params = query.get_compiler(connection=connection).as_sql()
            if len(params) != 2 or params[1] != "?":
                raise ValueError("A consumption has the moment and the key for its parameters.")
            self._compiled[connection.vendor] = sql
        return self._compiled[connection.vendor]
