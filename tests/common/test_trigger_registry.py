"""The register of triggers knows what pgtrigger's own finds by reading all of them, and refuses what that refuses."""

from collections.abc import Iterator
from copy import copy

import pgtrigger
import pytest
from pgtrigger import registry

from spm_portal.common.models import AuditEvent
from spm_portal.common.trigger_registry import TriggerRegistry

FEWEST = 300  # triggers of the portal's tables and their history


def _agree(kept: TriggerRegistry) -> bool:
    """Whether the names that are kept are those of the triggers that are held."""
    read = registry._Registry
    return (
        kept.by_db_table == read.by_db_table.fget(kept)
        and kept.pg_function_names == read.pg_function_names.fget(kept)
        and len(kept.by_db_table) == len(kept.pg_function_names) == len(kept)
    )


@pytest.fixture
def extra() -> Iterator[pgtrigger.Trigger]:
    """A trigger more, taken away again."""
    trigger = pgtrigger.Protect(name="one_more", operation=pgtrigger.Delete)
    trigger.register(AuditEvent)
    yield trigger
    if trigger.get_uri(AuditEvent) in registry._registry:
        trigger.unregister(AuditEvent)


def test_all_triggers_of_the_portal_are_in_it() -> None:
    assert isinstance(registry._registry, TriggerRegistry)
    assert len(registry._registry) > FEWEST
    assert _agree(registry._registry)


def test_one_is_added_and_taken_away(extra: pgtrigger.Trigger) -> None:
    before = len(registry._registry)
    assert _agree(registry._registry)
    assert (AuditEvent, extra) in pgtrigger.registered(extra.get_uri(AuditEvent))
    extra.register(AuditEvent)  # again, as pgtrigger does when all models are loaded
    assert len(registry._registry) == before

    extra.unregister(AuditEvent)

    assert len(registry._registry) == before - 1
    assert _agree(registry._registry)


def test_a_name_is_taken_once(extra: pgtrigger.Trigger) -> None:
    other = copy(extra)
    other.operation = pgtrigger.Update
    with pytest.raises(KeyError, match="already used for model"):
        other.register(AuditEvent)

    class Likewise(pgtrigger.Protect):
        def get_pgid(self, model: object) -> str:
            return extra.get_pgid(AuditEvent)

    with pytest.raises(KeyError, match="already in use"):
        Likewise(name="another", operation=pgtrigger.Delete).register(AuditEvent)
    assert _agree(registry._registry)
