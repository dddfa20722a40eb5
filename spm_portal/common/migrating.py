"""Many new tables, or many additions to tables, as one step of a migration, for which the models are worked out once.

Django renders a model and all its neighbours again after each table, trigger, index, constraint and field. A first
`migrate` spent nearly all its time on that.
"""

from collections.abc import Sequence
from functools import cache, partial
from itertools import groupby
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

# Django keeps which of the portal's models may be swapped for others with the class, not with the portal's register,
# and forgets it whenever a migration renders a model: a sixth of a first `migrate` went into looking again.
apps.get_swappable_settings_name = cache(  # type: ignore[method-assign]
    partial(Apps.get_swappable_settings_name.__wrapped__, apps)  # type: ignore[attr-defined]
)

# Two kinds: a table is made with all that its model has when the step is over, so that no addition to it may belong
# to the same step.
KINDS: tuple[tuple[type[Operation], ...], ...] = (
    (CreateModel,),
    (AddConstraint, AddField, AddIndex, AddTrigger, RemoveTrigger),
)


class Together(Operation):
    """Operations of one kind, in their order, within one app."""

    def __init__(self, operations: Sequence[Any]) -> None:
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """How the operation is written into a migration."""
        return self.__class__.__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state while nothing is rendered, and render what was touched at the end."""
        rendered = state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            touched = {getattr(one, "model_name", None) or one.name for one in self.operations}
            related = any(
                isinstance(one, CreateModel) or (isinstance(one, AddField) and one.field.is_relation)
                for one in self.operations
            )
            state.reload_models([(app_label, name.lower()) for name in sorted(touched)], delay=not related)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Add all."""
        for one in self.operations:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take all away, the last first."""
        for one in reversed(self.operations):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate` says of it."""
        return "; ".join(one.describe() for one in self.operations)


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The operations of a migration, those of one kind that follow one another as one."""
    found: list[Operation] = []
    for kind, some in groupby(operations, key=_kind):
        same = list(some)
        found += same if kind is None else [Together(same)]
    return found


def _kind(operation: Operation) -> int | None:
    return next((number for number, kind in enumerate(KINDS) if isinstance(operation, kind)), None)
