"""Whoever replays the events of a table has the table: nothing that happened to it is missing."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.history.rows import RECIPES, Recipe, event_model, events_of

pytestmark = [pytest.mark.integration]

ACTIONS = ("create", "bulk_create", "save", "update", "raw_update", "delete", "raw_delete")


def act(recipe: Recipe, action: str, nth: int) -> None:
    """Do one thing to one row, or to all rows."""
    manager = recipe.model._default_manager
    value = (recipe.first, recipe.second)[nth % 2]
    table, column = recipe.model._meta.db_table, recipe.model._meta.get_field(recipe.field).column
    keys = sorted(manager.values_list("pk", flat=True), key=str)
    if action == "create" or not keys:
        recipe.build().save(force_insert=True)
        return
    key = keys[nth % len(keys)]
    if action == "bulk_create":
        manager.bulk_create(recipe.rows(2))
    elif action == "save":
        row = manager.get(pk=key)
        setattr(row, recipe.field, value)
        row.save()
    elif action == "update":
        manager.update(**{recipe.field: value})
    elif action == "delete":
        manager.filter(pk=key).delete()
    else:
        with connection.cursor() as cursor:
            if action == "raw_update":
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [value, key])
            else:
                cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [key])


def replayed(recipe: Recipe, columns: Sequence[str]) -> dict[Any, tuple[Any, ...]]:
    """The table as its events tell it."""
    rows: dict[Any, tuple[Any, ...]] = {}
    for key, label, *values in events_of(recipe.model).values_list("pgh_obj_id", "pgh_label", *columns):
        if label == "delete":
            del rows[key]
        else:
            rows[key] = tuple(values)
    return rows


def current(model: type[models.Model], columns: Sequence[str]) -> dict[Any, tuple[Any, ...]]:
    return {key: tuple(values) for key, *values in model._default_manager.values_list("pk", *columns)}


@pytest.mark.django_db
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.model.__name__)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5)), min_size=1, max_size=10))
def test_replaying_the_events_rebuilds_the_table(recipe: Recipe, steps: list[tuple[str, int]]) -> None:
    for action, nth in steps:
        act(recipe, action, nth)
    kept = {field.attname for field in event_model(recipe.model)._meta.concrete_fields}
    columns = [field.attname for field in recipe.model._meta.concrete_fields if field.attname in kept]
    assert replayed(recipe, columns) == current(recipe.model, columns)
