"""What Django is told about the database, from DATABASE_URL."""

from pathlib import Path
from typing import Any

_PREFIX = "pool_"
# Of one process, when a pool is asked for. When the server is gone, whoever waits is told soon, and the pool stops trying soon: the
# next request then tries anew, where a pool that waits longer after each failure would miss the moment the server is back.
_POOL = {"min_size": 1, "timeout": 3, "reconnect_timeout": 2}
_SQLITE = {
    # One writer at a time, queued for up to 20 s, readers never blocked.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}


def complete(database: dict[str, Any]) -> dict[str, Any]:
    """Defaults for what the URL does not say. `database` is what django-environ read.

    A new connection for each request would cost more than its statements, so each thread keeps its own for a minute. One that
    the server dropped (a restart, a failover) is noticed before a request uses it. With `?pool_max_size=` the threads of a process
    share so many instead: fewer connections, but an outage is noticed seconds later.
    """
    if database["ENGINE"].endswith("sqlite3"):
        # Keys of its own make the folder in development; production brings its keys, and still needs a place for the file.
        Path(database["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return database | {"OPTIONS": _SQLITE, "CONN_MAX_AGE": 60}
    if not database["ENGINE"].endswith("postgresql"):
        return database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    database = database | {"ENGINE": "idp.lib.postgresql"}
    options = dict(database.get("OPTIONS", {}))
    pool = {name: options.pop(name) for name in list(options) if name.startswith(_PREFIX)}
    prepare = options.pop("prepare_threshold", 5)
    options |= {
        # Parameters travel apart from the statement, which the server can then keep as a plan. A pooler between us and the
        # server that gives each transaction another connection (PgBouncer before 1.21) needs `prepare_threshold=off`.
        "server_side_binding": options.pop("server_side_binding", "on") not in ("off", 0),
        "prepare_threshold": None if prepare in ("off", 0) else prepare,
    }
    if not pool:
        return database | {"OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    options["pool"] = _POOL | {name.removeprefix(_PREFIX): value for name, value in pool.items()}
    return database | {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


def complete_replica(database: dict[str, Any]) -> dict[str, Any]:
    """The same for DATABASE_REPLICA_URL. One that does not answer holds a page up for two seconds, then its page is read elsewhere."""
    made = complete(database)
    return made | {"OPTIONS": {"connect_timeout": 2, **made["OPTIONS"]}, "TEST": {"MIRROR": "default"}}
