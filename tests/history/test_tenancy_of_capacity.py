"""No row of the capacity app hangs on a parent of another association, donor or assessment, whatever wrote it."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from capacity.enums import Stage
from capacity.models import (
    AmbassadorEvent,
    Assessment,
    Consensus,
    Instalment,
    Obligation,
    ObligationStep,
    OutsideView,
    PlanItem,
    PlanShare,
    PlanUpdate,
    Proof,
    Rater,
    Score,
    StrategyGoal,
    SupportOffer,
    WorkLine,
)
from tests.factories.capacity import AssessmentFactory, PlanItemFactory, RaterFactory
from tests.factories.members import LONG_AGO, AssociationFactory, DonorFactory, UserFactory
from tests.history.rows_of_capacity import ROWS, obligation_step, plan_update

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

MAKERS: dict[type[models.Model], Any] = {model: make for model, make, *_rest in ROWS}


MAKERS |= {PlanUpdate: plan_update, ObligationStep: obligation_step}


def refused(row: models.Model) -> None:
    """The row cannot be stored: a composite foreign key stands against it, at the latest at commit."""
    with pytest.raises(IntegrityError, match="same_owner"), transaction.atomic():  # noqa: PT012
        row.save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "model",
    [
        AmbassadorEvent,
        Consensus,
        Instalment,
        Obligation,
        ObligationStep,
        OutsideView,
        PlanShare,
        PlanUpdate,
        Proof,
        Rater,
        Score,
        SupportOffer,
    ],
    ids=lambda model: model.__name__,
)
def test_no_row_names_another_association_than_its_parent(model: type[models.Model]) -> None:
    row = MAKERS[model]()
    row.association = AssociationFactory()
    refused(row)


@pytest.mark.parametrize("model", [Instalment, Obligation, ObligationStep], ids=lambda model: model.__name__)
def test_no_row_of_an_offer_names_another_donor(model: type[models.Model]) -> None:
    row = MAKERS[model]()
    row.donor = DonorFactory()
    refused(row)


@pytest.mark.parametrize("model", [Score, Proof], ids=lambda model: model.__name__)
def test_no_score_or_evidence_is_of_a_rater_of_another_assessment(model: type[models.Model]) -> None:
    row = MAKERS[model]()
    # only one assessment of a framework is open at a time
    Assessment.objects.filter(pk=row.assessment.pk).update(
        stage=Stage.AGREED, agreed_at=LONG_AGO, agreed_by=UserFactory()
    )
    row.rater = RaterFactory(assessment=AssessmentFactory(association=row.association))
    refused(row)


def test_a_plan_item_comes_from_and_waits_for_its_own_association() -> None:
    item = MAKERS[PlanItem]()
    item.assessment = AssessmentFactory()
    refused(item)
    item = MAKERS[PlanItem]()
    item.depends_on = PlanItemFactory()
    refused(item)


def test_a_line_of_the_work_plan_serves_a_goal_and_an_item_of_its_own_association() -> None:
    line = MAKERS[WorkLine]()
    line.goal = MAKERS[StrategyGoal]()
    line.goal.save()
    refused(line)
    line = MAKERS[WorkLine]()
    line.plan_item = PlanItemFactory()
    refused(line)


def test_every_key_to_a_parent_below_an_association_is_composite() -> None:
    """A new table that names its association and a parent that has one needs the constraint too."""
    owned = {model: {field.name for field in model._meta.concrete_fields} for model in MAKERS}
    wanted = {
        (model._meta.db_table, field.name)
        for model, names in owned.items()
        if "association" in names
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in owned
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'f' AND conname LIKE 'capacity%%same_owner' AND array_length(conkey, 1) > 1"
        )
        held = {
            (table, name.removeprefix(f"{table}_").removesuffix("_same_owner"))
            for table, name in cursor.fetchall()
        }
    assert wanted == held
