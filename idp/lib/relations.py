"""Rows that another one holds, such as the permissions of a role."""

from collections.abc import Iterable
from typing import Any


def replace(held: Any, chosen: Iterable[Any]) -> dict[str, Any]:
    """Make these the ones that `held`, a many-to-many relation to rows with a name, has.

    Returns the names of what came (`added`) and of what went (`removed`); nothing when these were the ones. The caller locks
    the row that holds them.
    """
    after = {row.pk: row for row in chosen}
    before = {row.pk: row for row in held.all()}
    if after.keys() == before.keys():
        return {}
    held.set(after.values())
    return {
        "added": sorted(row.name for pk, row in after.items() if pk not in before),
        "removed": sorted(row.name for pk, row in before.items() if pk not in after),
    }
