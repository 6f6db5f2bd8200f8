"""Writing one new row on the hot endpoints: the SQL is compiled once for the process.

Django builds the statement anew for every `save()`, which costs four times what the database needs. Here its compiler runs once.
"""

from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery

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
