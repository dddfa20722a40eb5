"""No row of the training app hangs on a parent of another association or session, whatever wrote it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from tests.factories.members import AssociationFactory
from tests.factories.training import RegistrationFactory, SessionFactory
from tests.history.rows_of_training import ROWS
from training.models import Attendance, CertificateNotice, DownloadCount, SessionDay, SessionNotice

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

MAKERS: dict[type[models.Model], Any] = {model: make for model, make, *_rest in ROWS}
UNTRACKED = (DownloadCount, SessionNotice, CertificateNotice)
# their parents are rows of the training app that name an association
OURS = {*MAKERS, *UNTRACKED}


def parents_of(model: type[models.Model]) -> Iterator[Any]:
    """Keys of a table to others of the app."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model in OURS:
            yield field


@pytest.mark.parametrize(
    "model",
    [model for model in MAKERS if any(not key.null for key in parents_of(model))],
    ids=lambda model: model.__name__,
)
def test_no_row_names_another_association_than_its_parents(model: type[models.Model]) -> None:
    row = MAKERS[model]()
    row.association = AssociationFactory()
    with pytest.raises(IntegrityError, match="same_owner"), transaction.atomic():  # noqa: PT012
        row.save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_is_marked_on_a_day_of_another_session() -> None:
    row = MAKERS[Attendance]()
    other = SessionFactory(course=row.session.course)
    row.day = SessionDay.objects.get(session=other)
    with pytest.raises(IntegrityError, match="same_owner"), transaction.atomic():  # noqa: PT012
        row.save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_is_marked_who_is_registered_elsewhere() -> None:
    row = MAKERS[Attendance]()
    row.registration = RegistrationFactory(session=SessionFactory(course=row.session.course))
    with pytest.raises(IntegrityError, match="same_owner"), transaction.atomic():  # noqa: PT012
        row.save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_key_to_a_parent_below_an_association_is_composite() -> None:
    """A new table that names its association and a parent that has one needs the constraint too."""
    wanted = {(model._meta.db_table, field.name) for model in OURS for field in parents_of(model)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
            " AND conname LIKE 'training%%same_owner' AND array_length(conkey, 1) > 1"
        )
        held = {
            (table, name.removeprefix(f"{table}_").removesuffix("_same_owner"))
            for table, name in cursor.fetchall()
        }
    assert wanted == held
