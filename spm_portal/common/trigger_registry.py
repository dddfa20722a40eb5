"""The register of database triggers, which knows at once which names are taken.

pgtrigger's own reads all triggers registered so far whenever one is added. The portal has hundreds, for the history of
its tables: that was a quarter of the start of every process.
"""

from typing import Any

from pgtrigger import registry


class TriggerRegistry(registry._Registry):
    """As pgtrigger's, with the names of triggers and of their functions kept beside the triggers themselves."""

    def __init__(self) -> None:
        self._of_tables: dict[tuple[str, str], Any] = {}
        self._functions: set[str] = set()
        super().__init__()

    @property
    def pg_function_names(self) -> set[str]:
        """Names of the functions in the database."""
        return self._functions

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        """Triggers by their table and name."""
        return self._of_tables

    def __setitem__(self, key: str, value: tuple[Any, Any]) -> None:
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]
        model, trigger = value
        self._of_tables[model._meta.db_table, trigger.name] = trigger
        self._functions.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)  # type: ignore[no-untyped-call]
        del self._of_tables[model._meta.db_table, trigger.name]
        self._functions.remove(trigger.get_pgid(model))


def install() -> None:
    """Take the place of pgtrigger's, with what it holds already; to be called before models are loaded."""
    quick = TriggerRegistry()
    quick.update(registry._registry)
    registry._registry = quick
