"""The index that finds people by any part of their id, name, username, email address or phone number.

PostgreSQL has a trigram index on an expression; SQLite a full-text table with the trigram tokenizer, kept up to date by
triggers. Both are made after each `migrate`: SQLite loses the triggers of a table whenever a migration rebuilds it.
"""
# ruff: noqa: S608  no value of anybody's is in these statements

import logging
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

_COLUMNS = ("id", "name", "username", "primary_email", "primary_phone")


def text_sql(prefix: str = "") -> str:
    """What is searched, as an expression over the columns of users_user."""
    return " || ' ' || ".join(f"coalesce({prefix}{column}, '')" for column in _COLUMNS)


POSTGRESQL_TEXT = f"lower({text_sql()})"

_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX IF NOT EXISTS users_search ON users_user USING gin (({POSTGRESQL_TEXT}) gin_trgm_ops)",
)
_CHANGED = " OR ".join(f"old.{column} IS NOT new.{column}" for column in _COLUMNS)
_SQLITE = (
    # An id of its own: that of users_user is a text, and SQLite may renumber the rowids of such a table.
    "CREATE TABLE IF NOT EXISTS users_search (id INTEGER PRIMARY KEY, user_id varchar(12) NOT NULL UNIQUE, text text NOT NULL)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS users_search_text USING fts5"
    "(text, content='users_search', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER IF NOT EXISTS users_search_added AFTER INSERT ON users_user BEGIN"
    f" INSERT INTO users_search (user_id, text) VALUES (new.id, {text_sql('new.')}); END",
    f"CREATE TRIGGER IF NOT EXISTS users_search_changed AFTER UPDATE ON users_user WHEN {_CHANGED} BEGIN"
    f" UPDATE users_search SET text = {text_sql('new.')} WHERE user_id = new.id; END",
    "CREATE TRIGGER IF NOT EXISTS users_search_removed AFTER DELETE ON users_user BEGIN"
    " DELETE FROM users_search WHERE user_id = old.id; END",
    "CREATE TRIGGER IF NOT EXISTS users_search_text_added AFTER INSERT ON users_search BEGIN"
    " INSERT INTO users_search_text (rowid, text) VALUES (new.id, new.text); END",
    "CREATE TRIGGER IF NOT EXISTS users_search_text_changed AFTER UPDATE ON users_search BEGIN"
    " INSERT INTO users_search_text (users_search_text, rowid, text) VALUES ('delete', old.id, old.text);"
    " INSERT INTO users_search_text (rowid, text) VALUES (new.id, new.text); END",
    "CREATE TRIGGER IF NOT EXISTS users_search_text_removed AFTER DELETE ON users_search BEGIN"
    " INSERT INTO users_search_text (users_search_text, rowid, text) VALUES ('delete', old.id, old.text); END",
    # People who came while the triggers were missing.
    f"INSERT INTO users_search (user_id, text) SELECT id, {text_sql()} FROM users_user"
    " WHERE id NOT IN (SELECT user_id FROM users_search) ORDER BY created_at, id",
)
_STATEMENTS = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}


def install(using: str = "default", **_: Any) -> None:
    """Make what is missing; without it (no right to create the extension, an SQLite without FTS5) search reads every row."""
    connection = connections[using]
    if "users_user" not in connection.introspection.table_names() or is_installed(connection):
        return
    try:
        with connection.cursor() as cursor:
            for statement in _STATEMENTS[connection.vendor]:
                cursor.execute(statement)
    except DatabaseError as error:
        logger.warning("The index for searching people was not made, so search reads every row: %s", error)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take it away, before all people are replaced; `install` makes it anew, of all of them at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX IF EXISTS users_search")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'users_search_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        for table in ("users_search_text", "users_search"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def is_installed(connection: BaseDatabaseWrapper) -> bool:
    """Everything, triggers included?"""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT to_regclass('users_search') IS NOT NULL")
            return bool(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'users_search_%'")
        return bool(cursor.fetchone()[0] == sum("CREATE TRIGGER" in statement for statement in _SQLITE))
