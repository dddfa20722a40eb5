"""Operations of a migration that are done as one: which they are, and that the models come out the same."""

import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

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
