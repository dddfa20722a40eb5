"""Triggers in migrations, added without building every model of the project anew after each of them."""

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger as SlowAddTrigger


class AddTrigger(SlowAddTrigger):
    """As the library's, which reloads the model in the migration's state, and with it all models related to it.

    Migrations never read a model's triggers, only the next search for changes does, and that reads the state's
    options. There are more than two hundred triggers: the reloads took most of the time of a first `migrate`.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Remember the trigger in the model's options; models made of the state stay as they are."""
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]
