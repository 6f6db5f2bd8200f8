"""Does the database have the tables that this code expects?"""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

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
