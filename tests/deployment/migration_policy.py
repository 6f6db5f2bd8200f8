"""Which migrations the code of the previous release would not survive (docs/adr/0013-zero-downtime-migrations.md).

`released_migrations.txt` says what the last release came with: its version, then a migration in each line. At a release:

    .venv/bin/python -m tests.deployment.migration_policy 0.2.0
"""

import os
import sys
from pathlib import Path
from typing import Any

from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from idp.deployment.schema import unused_since

RELEASED = Path(__file__).with_name("released_migrations.txt")
_CONTRACTING = (
    operations.RemoveField, operations.RenameField, operations.DeleteModel, operations.RenameModel, operations.AlterModelTable,
    operations.RunSQL,
)  # fmt: skip


def released() -> tuple[str, set[str]]:
    """The version and its migrations; no lines: nothing was released yet."""
    lines = RELEASED.read_text(encoding="utf-8").split()
    return (lines[0], set(lines[1:])) if lines else ("", set())


def ours(loader: MigrationLoader) -> list[tuple[str, str]]:
    plan = []
    for leaf in loader.graph.leaf_nodes():
        plan += [key for key in loader.graph.forwards_plan(leaf) if key not in plan]
    rooms = {path.parent.name for path in (Path(__file__).parents[2] / "idp").glob("*/migrations")}
    return [key for key in plan if key[0] in rooms]


def violations(loader: MigrationLoader, version: str, known: set[str]) -> list[str]:
    found = []
    for key in ours(loader):
        if ".".join(key) not in known:
            before = loader.project_state([key], at_end=False)
            found += [f"{'.'.join(key)}: {problem}" for problem in check(loader.graph.nodes[key], before, version)]
    return found


def check(migration: Migration, state: ProjectState, version: str) -> list[str]:
    """Why the code of `version` could not run on the schema that comes; what its own tables are like does not matter to it."""
    problems, new = [], set()
    since = unused_since(migration.name)
    may_contract = bool(since and version) and since <= tuple(map(int, version.split(".")))
    for operation in migration.operations:
        table = getattr(operation, "model_name", "").lower()
        if isinstance(operation, operations.CreateModel):
            new.add(operation.name.lower())
        elif isinstance(operation, _CONTRACTING) and not may_contract:
            problems.append(
                f"{operation.describe()}: {version} may still use it. When it does not, end the name with `_unused_since_…`."
            )
        elif table not in new and isinstance(operation, operations.AddField) and _needs_a_value(operation.field):
            problems.append(
                f"{operation.describe()}: {version} inserts rows without it. Give it db_default, or null=True."
            )
        elif table not in new and isinstance(operation, operations.AlterField) and not may_contract:
            old = state.models[migration.app_label, table].fields.get(operation.name)
            if old is not None and _narrows(old, operation.field):
                problems.append(f"{operation.describe()}: {version} may write what no longer fits.")
        operation.state_forwards(migration.app_label, state)
    return problems


def _needs_a_value(field: Any) -> bool:
    return not (field.null or field.many_to_many or field.has_db_default())


def _narrows(old: Any, new: Any) -> bool:
    becomes_required = old.null and not new.null
    is_shorter = (new.max_length or 10**9) < (old.max_length or 10**9)
    return becomes_required or is_shorter or old.get_internal_type() != new.get_internal_type()


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
    django.setup()
    names = [".".join(key) for key in ours(MigrationLoader(None))]
    RELEASED.write_text("\n".join([sys.argv[1], *sorted(names)]) + "\n", encoding="utf-8")
