"""Does the database have the tables that this code expects, or those of newer code?

The release before runs on the tables of the next one (docs/adr/0013-zero-downtime-migrations.md). A migration that takes away what
nobody has used since 0.2.0 says so at the end of its name, `…_unused_since_0_2_0`, so that older code can tell without having it.
"""

import re
import tomllib
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

_UNUSED_SINCE = re.compile(r"_unused_since_(\d+)_(\d+)_(\d+)$")
_complete = False  # once it was: this process's code does not change


def missing_migrations() -> list[str]:
    """Names such as `messaging.0004_pending_messages`, in the order in which `migrate` applies them."""
    global _complete
    if _complete:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _complete = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown_migrations(loader: MigrationLoader) -> list[str]:
    """Those that were applied by a newer version than this one."""
    known = set(loader.disk_migrations or ())
    replaced = {key for migration in (loader.disk_migrations or {}).values() for key in migration.replaces}
    return sorted(
        ".".join(key)
        for key in loader.applied_migrations
        if key[0] in loader.migrated_apps and key not in known | replaced
    )


def unused_since(migration: str) -> tuple[int, ...]:
    """From which version on nobody uses what it takes away; empty when it takes nothing away."""
    found = _UNUSED_SINCE.search(migration)
    return tuple(map(int, found.groups())) if found else ()


@cache
def own_version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
