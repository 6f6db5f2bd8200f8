import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
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
