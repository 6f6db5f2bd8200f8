import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.types.datetime import TimestamptzLoader


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> "psycopg.Connection[Any]":
        """Points in time are read by psycopg, which does it in C; Django puts a reader of its own before it, in Python. Connections are
        in UTC, and so is what comes out of both.
        """
        connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        connection.adapters.register_loader("timestamptz", TimestamptzLoader)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's, without its reader."""
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()

    def is_usable(self) -> bool:
        """Asks the server only when it has something to say.

        Django sends `SELECT 1` before the first statement of each request, which costs as much as the statement itself. A server that
        ended the connection, or was killed, has closed its side, and that can be read; where nothing can, the connection is as good as
        `SELECT 1` could tell.
        """
        return self._is_quiet() or super().is_usable()

    def _is_quiet(self) -> bool:
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return not poll.poll(0)
