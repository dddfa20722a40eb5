"""What was written about the past stays: triggers are on, and refuse to change events, moves and releases."""

from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from capacity.models import FrameworkVersion, ObligationStep, PlanUpdate
from reporting.enums import Move, ReturnState
from reporting.models import (
    CatalogueVersion,
    QuestionMessage,
    Release,
    ReleaseCell,
    ReleaseMember,
    Transition,
    WhatChanged,
)
from spm_portal.common import audit
from spm_portal.common.models import AuditEvent
from tests.factories.capacity import AssessmentFactory
from tests.factories.members import InstitutionFactory, UserFactory
from tests.factories.reporting import OPENED, RoundFactory, SubmissionFactory
from tests.history.rows import RECIPES, Recipe, event_model, tracked_models
from tests.history.rows_of_capacity import obligation_step, plan_update

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def audit_event() -> models.Model:
    return audit.record("test", InstitutionFactory(), by=None, at=timezone.now())


def transition() -> models.Model:
    parent = SubmissionFactory(membership=False)
    return Transition.objects.create(
        submission=parent,
        association=parent.association,
        institution=parent.institution,
        move=Move.SUBMIT,
        from_state=ReturnState.DRAFT,
        to_state=ReturnState.SUBMITTED,
        at=OPENED,
    )


def release() -> Release:
    of_round = RoundFactory()
    made: Release = Release.objects.create(
        association=of_round.association,
        round=of_round,
        number=1,
        catalogue=of_round.catalogue,
        invited_count=5,
        contributor_count=5,
        input_sha256="0" * 64,
        published_at=OPENED,
    )
    return made


def release_member() -> models.Model:
    frozen = release()
    parent = SubmissionFactory(round=frozen.round)
    return ReleaseMember.objects.create(
        release=frozen,
        institution=parent.institution,
        submission=parent,
        name="Upendo",
        owner_key="upendo",
        values={"branches_total": 24},
    )


def release_cell() -> models.Model:
    return ReleaseCell.objects.create(
        release=release(),
        position=1,
        code="branches_total",
        statistic="median",
        published=True,
        value=24,
        n_band="5-9",
    )


def used_catalogue() -> models.Model:
    catalogue: CatalogueVersion = RoundFactory().catalogue
    return catalogue


def saved(row: models.Model) -> models.Model:
    row.save()
    return row


def word_about_a_plan_item() -> models.Model:
    return saved(plan_update())


def step_of_an_obligation() -> models.Model:
    return saved(obligation_step())


NEVER_CHANGE: tuple[tuple[Callable[[], models.Model], str], ...] = (
    (audit_event, "verb"),
    (transition, "comment"),
    (release, "input_sha256"),
    (release_member, "name"),
    (release_cell, "code"),
    (used_catalogue, "name"),
    (word_about_a_plan_item, "text"),
    (step_of_an_obligation, "text"),
)


def refused(statement: str, *values: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            # an untouched row would be no proof: the statement must have found one
            assert cursor.rowcount == 1, "The statement found no row to change."
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize(("make", "field"), NEVER_CHANGE, ids=lambda value: getattr(value, "__name__", ""))
def test_a_row_that_tells_the_past_can_neither_change_nor_go(
    make: Callable[[], models.Model], field: str
) -> None:
    row = make()
    table, key = row._meta.db_table, row.pk
    assert refused(f'UPDATE "{table}" SET "{field}" = %s WHERE id = %s', "forged", key)
    assert refused(f'DELETE FROM "{table}" WHERE id = %s', key)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(row)._default_manager.filter(pk=key).update(**{field: "forged"})
    row.refresh_from_db()
    assert getattr(row, field) != "forged"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.model.__name__)
def test_an_event_can_neither_change_nor_go(recipe: Recipe) -> None:
    recipe.build().save(force_insert=True)
    table = event_model(recipe.model)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT max(pgh_id) FROM "{table}"')
        (key,) = cursor.fetchone()
    assert refused(f'UPDATE "{table}" SET pgh_label = %s WHERE pgh_id = %s', "forged", key)
    assert refused(f'DELETE FROM "{table}" WHERE pgh_id = %s', key)


# --- The catalogue of the database ------------------------------------------------------------------------


def triggers_on(table: str) -> dict[str, str]:
    """Names of a table's own triggers and whether each is on ("O")."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [f'"{table}"'],
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize("model", tracked_models(), ids=lambda model: model.__name__)
def test_a_tracked_table_has_its_three_history_triggers_on(model: type[models.Model]) -> None:
    found = triggers_on(model._meta.db_table)
    for operation in ("insert", "update", "delete"):
        (name,) = [name for name in found if f"_{operation}_{operation}_" in name]
        assert found[name] == "O"
    for name, state in triggers_on(event_model(model)._meta.db_table).items():
        assert name.startswith("pgtrigger_append_only"), name
        assert state == "O"
    assert triggers_on(event_model(model)._meta.db_table)


def test_every_trigger_of_the_models_is_installed_and_on() -> None:
    wanted = {
        (model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registered() if model
    }
    assert len(wanted) > 3 * len(tracked_models())
    off = [f"{table}: {name}" for table, name in sorted(wanted) if triggers_on(table).get(name) != "O"]
    assert not off


def test_what_is_never_changed_is_declared_so() -> None:
    """A new table that only ever grows belongs into the list above."""
    declared = {
        model
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pgtrigger.Protect) and not hasattr(model, "pgh_tracked_model")
    }
    of_rounds = {QuestionMessage, Transition, Release, ReleaseMember, ReleaseCell, WhatChanged}
    assert declared == {AuditEvent, FrameworkVersion, ObligationStep, PlanUpdate} | of_rounds


def test_a_framework_never_changes_and_one_that_was_used_never_goes() -> None:
    framework = AssessmentFactory().framework
    table = framework._meta.db_table
    assert refused(f'UPDATE "{table}" SET title = %s WHERE id = %s', "forged", framework.pk)
    with pytest.raises(models.ProtectedError):
        framework.delete()


def test_the_audit_row_and_the_change_live_and_die_together() -> None:
    person, institution = UserFactory(), InstitutionFactory()
    with transaction.atomic():
        type(institution).objects.filter(pk=institution.pk).update(name="Renamed")
        audit.record("institution.change", institution, by=person, at=timezone.now())
        transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(object_id=institution.pk).exists()
    assert not event_model(type(institution))._default_manager.filter(name="Renamed").exists()
