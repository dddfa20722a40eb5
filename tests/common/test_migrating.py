"""Operations of a migration that are done as one: which they are, and that the models come out the same."""

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from spm_portal.common.migrating import Together, together


def table(name: str, **fields: models.Field) -> Operation:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def steps() -> list[Operation]:
    """Two tables, of which one hangs on the other, additions to both, and a change in between."""
    return [
        table("Parent"),
        table("Child", parent=models.ForeignKey("members.Parent", models.CASCADE, related_name="children")),
        migrations.AddField("parent", "year", models.IntegerField(default=0)),
        migrations.AddIndex("parent", models.Index(fields=["year"], name="by_year")),
        migrations.RenameField("parent", "year", "of_year"),
        migrations.AddField("child", "twin", models.ForeignKey("members.Child", models.CASCADE)),
        migrations.AddConstraint(
            "parent", models.CheckConstraint(condition=models.Q(of_year__gte=0), name="a_year")
        ),
    ]


def after(operations: list[Operation]) -> ProjectState:
    """The state after all, with models rendered from the beginning, as while migrating."""
    state = ProjectState()
    assert not state.apps.get_models()
    for operation in operations:
        operation.state_forwards("members", state)
    return state


@pytest.mark.unit
def test_those_of_one_kind_that_follow_one_another_are_one():
    kinds = [
        [type(each).__name__ for each in one.operations] if isinstance(one, Together) else type(one).__name__
        for one in together(steps())
    ]
    assert kinds == [
        ["CreateModel", "CreateModel"],
        ["AddField", "AddIndex"],
        "RenameField",
        ["AddField", "AddConstraint"],
    ]


@pytest.mark.unit
def test_models_come_out_the_same():
    single, joined = after(steps()), after(together(steps()))
    assert joined.models == single.models
    for name in ("parent", "child"):
        ours, theirs = (state.apps.get_model("members", name)._meta for state in (joined, single))
        assert [field.name for field in ours.get_fields()] == [field.name for field in theirs.get_fields()]
        assert [one.name for one in ours.indexes + ours.constraints] == [
            one.name for one in theirs.indexes + theirs.constraints
        ]
    child = joined.apps.get_model("members", "child")
    assert child._meta.get_field("parent").remote_field.model is joined.apps.get_model("members", "parent")
    assert child._meta.get_field("twin").remote_field.model is child


@pytest.mark.unit
def test_triggers_that_make_way_for_a_field_are_one_step_with_it():
    place = {"pgid": "insert_of_parent", "table": "parent", "when": "AFTER", "operation": "INSERT"}
    old, new = (Trigger(name="insert", sql=UpsertTriggerSql(func=f"RETURN {of};", **place)) for of in (1, 2))
    change = [
        RemoveTrigger("parent", "insert"),
        migrations.AddField("parent", "year", models.IntegerField(default=0)),
        AddTrigger("parent", new),
    ]
    (joined,) = together(change)
    state = after([table("Parent"), AddTrigger("parent", old), joined])

    assert state.models["members", "parent"].options["triggers"] == [new]
    parent = state.apps.get_model("members", "parent")
    assert parent._meta.triggers == [new]
    assert parent._meta.get_field("year")


@pytest.mark.unit
def test_what_may_be_swapped_is_kept_while_models_of_a_migration_are_rendered():
    assert apps.get_swappable_settings_name("members.User") == "AUTH_USER_MODEL"
    assert apps.get_swappable_settings_name("members.Association") is None
    after(steps())
    before = apps.get_swappable_settings_name.cache_info()
    assert apps.get_swappable_settings_name("members.User") == "AUTH_USER_MODEL"
    now = apps.get_swappable_settings_name.cache_info()
    assert (now.hits, now.misses) == (before.hits + 1, before.misses)

    apps.clear_cache()  # a model of the portal itself was added

    assert not apps.get_swappable_settings_name.cache_info().currsize
