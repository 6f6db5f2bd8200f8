"""The code of the previous release runs on the schema of the next one."""

import pytest
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.deployment.migration_policy import check, ours, released, violations


def test_no_migration_breaks_the_previous_release() -> None:
    version, known = released()
    if version:  # until then there is nobody who could run the previous one
        assert violations(MigrationLoader(None), version, known) == []
        assert known <= {".".join(key) for key in ours(MigrationLoader(None))}, "A released migration is gone."


def test_it_sees_what_would_break() -> None:
    """On our own history, as if the first migrations had been released."""
    loader = MigrationLoader(None)
    first = {".".join(key) for key in ours(loader) if key[1].startswith(("0001", "0002"))}
    found = violations(loader, "0.0.1", first)
    assert any(one.startswith("users.0005_staff_roles: Add field staff_role to user") for one in found)
    assert not any("0001_" in one for one in found)


def problems(*steps: operations.base.Operation, version: str = "0.2.0", name: str = "9999_x") -> list[str]:
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("a", models.CharField(max_length=20, null=True))]
    state.add_model(ModelState("users", "Thing", fields))
    migration = type("Migration", (Migration,), {"operations": list(steps)})(name, "users")
    return check(migration, state, version)


TEXT = models.CharField(max_length=20, default="x")


@pytest.mark.parametrize(
    "step",
    [
        operations.RemoveField("thing", "a"),
        operations.RenameField("thing", "a", "b"),
        operations.RenameModel("Thing", "Other"),
        operations.AlterModelTable("thing", "other"),
        operations.DeleteModel("Thing"),
        operations.RunSQL("DROP TABLE x"),
        operations.AddField("thing", "b", TEXT),
        operations.AlterField("thing", "a", models.CharField(max_length=20)),
        operations.AlterField("thing", "a", models.CharField(max_length=10, null=True)),
        operations.AlterField("thing", "a", models.IntegerField(null=True)),
    ],
    ids=lambda step: step.describe(),
)
def test_one_step_is_not_enough(step: operations.base.Operation) -> None:
    assert len(problems(step)) == 1


@pytest.mark.parametrize(
    "steps",
    [
        [operations.AddField("thing", "b", models.CharField(max_length=20, null=True))],
        [operations.AddField("thing", "b", models.CharField(max_length=20, default="x", db_default="x"))],
        [operations.AlterField("thing", "a", models.CharField(max_length=30, null=True, help_text="wider"))],
        [operations.AddIndex("thing", models.Index(fields=["a"], name="i"))],
        [operations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), operations.AddField("new", "b", TEXT)],
        [operations.RunPython(operations.RunPython.noop)],
    ],
)  # fmt: skip
def test_expanding_is_free(steps: list[operations.base.Operation]) -> None:
    assert problems(*steps) == []


def test_contracting_comes_a_release_later() -> None:
    step = operations.RemoveField("thing", "a")
    assert problems(step, name="9999_a_unused_since_0_2_0") == []
    assert problems(step, name="9999_a_unused_since_0_10_0", version="0.9.0")
    assert problems(operations.AddField("thing", "b", TEXT), name="9999_a_unused_since_0_2_0")
