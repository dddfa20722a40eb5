"""Every change of a tracked row is one event with old, new, who and why, whatever way it was made."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from capacity.models import Rater
from members.models import ApiKey, Institution, Invitation
from reporting.models import GuestLink
from spm_portal.common import audit
from tests.browsers import signed_in
from tests.factories.members import InstitutionFactory, UserFactory
from tests.history.rows import RECIPES, Recipe, event_model, events_of, tracked_models
from training.models import CaseCall, Expert, Registration, WorkVersion

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Rows = list[models.Model]
BY_TABLE = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.model.__name__)


def stored(recipe: Recipe, how_many: int = 3) -> Rows:
    rows = recipe.rows(how_many)
    for row in rows:
        row.save(force_insert=True)
    return rows


def key_list(rows: Iterable[models.Model]) -> list[Any]:
    return [row.pk for row in rows]


def of(recipe: Recipe, rows: Rows) -> Any:
    return recipe.model._default_manager.filter(pk__in=key_list(rows))


def column(recipe: Recipe) -> str:
    return str(recipe.model._meta.get_field(recipe.field).column)


def sql(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def create(recipe: Recipe, rows: Rows) -> int:
    stored(recipe, 2)
    return 2


def save(recipe: Recipe, rows: Rows) -> int:
    setattr(rows[0], recipe.field, recipe.second)
    rows[0].save()
    return 1


def save_without_change(recipe: Recipe, rows: Rows) -> int:
    rows[0].save()
    return 0


def queryset_update(recipe: Recipe, rows: Rows) -> int:
    return int(of(recipe, rows).update(**{recipe.field: recipe.second}))


def bulk_create(recipe: Recipe, rows: Rows) -> int:
    return len(recipe.model._default_manager.bulk_create(recipe.rows(3)))


def bulk_update(recipe: Recipe, rows: Rows) -> int:
    for row in rows:
        setattr(row, recipe.field, recipe.second)
    return int(recipe.model._default_manager.bulk_update(rows, [recipe.field]))


def raw_update(recipe: Recipe, rows: Rows) -> int:
    return sql(
        f'UPDATE "{recipe.model._meta.db_table}" SET "{column(recipe)}" = %s WHERE id = ANY(%s)',
        recipe.second,
        key_list(rows),
    )


def upsert(recipe: Recipe, rows: Rows) -> int:
    for row in rows:
        setattr(row, recipe.field, recipe.second)
    recipe.model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=[recipe.field]
    )
    return len(rows)


def queryset_delete(recipe: Recipe, rows: Rows) -> int:
    count, _by_table = of(recipe, rows[:2]).delete()
    return int(count)


def delete(recipe: Recipe, rows: Rows) -> int:
    rows[0].delete()
    return 1


def raw_delete(recipe: Recipe, rows: Rows) -> int:
    return sql(f'DELETE FROM "{recipe.model._meta.db_table}" WHERE id = ANY(%s)', key_list(rows[:2]))


WAYS: tuple[tuple[Callable[[Recipe, Rows], int], str], ...] = (
    (create, "insert"),
    (bulk_create, "insert"),
    (save, "update"),
    (save_without_change, "update"),
    (queryset_update, "update"),
    (bulk_update, "update"),
    (raw_update, "update"),
    (upsert, "update"),
    (queryset_delete, "delete"),
    (delete, "delete"),
    (raw_delete, "delete"),
)


def test_every_tracked_table_has_a_recipe() -> None:
    assert {recipe.model for recipe in RECIPES} == set(tracked_models())


# A trigger does not know how a row came to be written: all ways are tried on the tables of two apps, on others one of
# each kind, sent as plain SQL where there is such a way.
PLAIN = {create, raw_update, raw_delete}


@BY_TABLE
def test_one_event_for_each_changed_row_with_who_and_why(recipe: Recipe) -> None:
    """Each way on the same three rows, which are then as they were."""
    keys = key_list(stored(recipe))
    before = events_of(recipe.model).count()
    person = UserFactory()
    for way, label in WAYS:
        if recipe.model._meta.app_label not in {"members", "reporting"} and way not in PLAIN:
            continue
        with transaction.atomic():
            rows = list(recipe.model._default_manager.filter(pk__in=keys))
            assert len(rows) == len(keys)
            with audit.acting(person, reason="a test", source="page"):
                changed = way(recipe, rows)

            fresh = list(events_of(recipe.model).select_related("pgh_context")[before:])
            assert [event.pgh_label for event in fresh] == [label] * changed, way
            assert changed or way is save_without_change, way
            assert len({event.pgh_obj_id for event in fresh}) == changed, way
            for event in fresh:
                wanted = {"user": str(person.pk), "reason": "a test", "source": "page"}
                assert event.pgh_context.metadata == wanted, way
            connection.check_constraints()
            transaction.set_rollback(True)


@BY_TABLE
def test_the_events_of_a_row_hold_its_old_and_its_new_values(recipe: Recipe) -> None:
    (row,) = stored(recipe, 1)
    original = getattr(row, recipe.field)
    for value in (recipe.first, recipe.second):
        recipe.model._default_manager.filter(pk=row.pk).update(**{recipe.field: value})
    recipe.model._default_manager.filter(pk=row.pk).delete()

    told = events_of(recipe.model).filter(pgh_obj_id=row.pk).values_list("pgh_label", recipe.field)

    assert list(told) == [
        ("insert", original),
        ("update", recipe.first),
        ("update", recipe.second),
        ("delete", recipe.second),
    ]


@BY_TABLE
def test_events_repeat_every_column_but_secrets(recipe: Recipe) -> None:
    kept = {field.name for field in event_model(recipe.model)._meta.get_fields()}
    missing = {field.name for field in recipe.model._meta.concrete_fields} - kept
    secret = {Invitation: {"token_hash"}, ApiKey: {"token_hash", "last_used_at"}}
    secret[GuestLink] = secret[Rater] = secret[ApiKey]
    secret |= {model: {"token_hash"} for model in (Expert, Registration, CaseCall)}
    secret[WorkVersion] = {"words"}  # what is searched is worked out by the database
    assert missing == secret.get(recipe.model, set())


def test_a_cascade_writes_an_event_for_each_row_it_takes_along() -> None:
    institution = InstitutionFactory()
    key = institution.pk
    recipe = next(recipe for recipe in RECIPES if recipe.model is Invitation)
    for row in recipe.rows(2):
        row.institution = institution  # type: ignore[attr-defined]
        row.save(force_insert=True)

    institution.delete()

    assert events_of(Invitation).filter(pgh_label="delete").count() == 2
    assert events_of(Institution).filter(pgh_label="delete", pgh_obj_id=key).count() == 1


def test_a_copy_writes_an_event_for_each_row() -> None:
    columns = "id, name, short_name, country, owner_group, website, source, source_key, created_at"
    lines = [f"00000000-0000-4000-8000-{n:012d},Copied,,KE,,,,,2025-01-01" for n in range(1, 4)]
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY members_institution ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL"
            " (short_name, owner_group, website, source, source_key))",
            io.StringIO("\n".join(lines)),
        )

    assert events_of(Institution).filter(pgh_label="insert", name="Copied").count() == 3


# --- The middleware ---------------------------------------------------------------------------------------


def _rename(request: HttpRequest) -> HttpResponse:
    Institution.objects.update(name="Renamed")
    return HttpResponse("ok")


urlpatterns = [path("rename/", _rename)]


@pytest.mark.urls(__name__)
def test_a_change_made_by_a_page_names_the_person_and_the_page() -> None:
    InstitutionFactory()
    person = UserFactory()
    client = signed_in(person)

    assert client.post("/rename/").status_code == 200

    (event,) = events_of(Institution).filter(pgh_label="update").select_related("pgh_context")
    assert event.pgh_context.metadata == {"user": str(person.pk), "source": "page"}


@pytest.mark.urls(__name__)
def test_a_visitor_is_nobody_in_history() -> None:
    InstitutionFactory()

    assert Client().post("/rename/").status_code == 200

    (event,) = events_of(Institution).filter(pgh_label="update")
    assert event.pgh_context_id is None


def test_an_inner_context_adds_its_reason_and_keeps_the_outer_source() -> None:
    institution, person = InstitutionFactory(), UserFactory()

    with audit.acting(person, source="import"), audit.acting(person, reason="register corrected"):
        Institution.objects.filter(pk=institution.pk).update(name="Corrected")

    (event,) = events_of(Institution).filter(pgh_label="update").select_related("pgh_context")
    assert event.pgh_context.metadata == {
        "user": str(person.pk),
        "source": "import",
        "reason": "register corrected",
    }
