"""What Django is told about the database, from DATABASE_URL."""

from pathlib import Path
from typing import Any

_PREFIX = "pool_"
# Of one process: its threads for requests, and a few for those that talk to providers. A pool grows when it must.
_POOL = {"min_size": 1, "max_size": 12, "timeout": 10}
_SQLITE = {
    # One writer at a time, queued for up to 20 s, readers never blocked.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}


def complete(database: dict[str, Any]) -> dict[str, Any]:
    """Defaults for what the URL does not say. `database` is what django-environ read.

    A new connection for each request would cost more than its statements, so connections are kept: by SQLite's threads for a
    minute, and in a pool for PostgreSQL. One that the server dropped (a restart, a failover) is noticed before a request
    uses it.
    """
    if database["ENGINE"].endswith("sqlite3"):
        # Keys of its own make the folder in development; production brings its keys, and still needs a place for the file.
        Path(database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return database | {"OPTIONS": _SQLITE, "CONN_MAX_AGE": 60}
    if not database["ENGINE"].endswith("postgresql"):
        return database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    options = dict(database.get("OPTIONS", {}))
    pool = _POOL | {name.removeprefix(_PREFIX): options.pop(name) for name in list(options) if name.startswith(_PREFIX)}
    prepare = options.pop("prepare_threshold", 5)
    options |= {
        # Parameters travel apart from the statement, which the server can then keep as a plan. A pooler between us and the
        # server that gives each transaction another connection (PgBouncer before 1.21) needs `prepare_threshold=off`.
        "server_side_binding": options.pop("server_side_binding", "on") not in ("off", 0),
        "prepare_threshold": None if prepare in ("off", 0) else prepare,
    }
    if pool["max_size"] == 0:
        return database | {"OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    pool["min_size"] = min(pool["min_size"], pool["max_size"])
    return database | {"OPTIONS": options | {"pool": pool}, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
