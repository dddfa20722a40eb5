"""The demonstration that the journeys look at has something worth seeing in every state and for every role."""

import pytest

from capacity.enums import DutyState, OfferState, PlanStatus, Stage
from capacity.models import Assessment, Obligation, PlanItem, SupportOffer
from members.enums import Role
from members.models import Institution, RoleAssignment
from reporting.enums import ReturnState
from reporting.models import Release, Round, Submission, WhatChanged
from training.models import Need

pytestmark = pytest.mark.integration


def test_demonstration_shows_every_state_and_every_role(demo: str) -> None:
    assert Institution.objects.count() == 24
    first, second, last = Round.objects.filter(association__slug="amani").order_by("year")
    assert [first.is_open, second.is_open, last.is_open] == [False, False, True]
    assert [second.year, last.year] == [first.year + 1, first.year + 2]
    assert list(Release.objects.order_by("round__year").values_list("round__year", "number")) == [
        (first.year, 1),
        (second.year, 1),
    ]
    returns = Submission.objects.filter(round=last)
    assert set(returns.values_list("state", flat=True)) == set(ReturnState)
    assert returns.filter(state=ReturnState.DRAFT, answered_count=0).exists()
    assert returns.filter(warning_count__gt=0, unexplained_count=0).exists()
    assert returns.filter(unexplained_count__gt=0, error_count__gt=0).exists()
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == set(Role)
    assert set(PlanItem.objects.values_list("status", flat=True)) == set(PlanStatus)
    assert set(SupportOffer.objects.values_list("state", flat=True)) == set(OfferState)
    assert set(Obligation.objects.values_list("state", flat=True)) == set(DutyState) - {DutyState.SKIPPED}
    for assessment in Assessment.objects.all():
        assert assessment.stage == Stage.AGREED
        assert assessment.raters.filter(submitted_at__isnull=False).count() == 4
        assert assessment.scores.count() == 4 * 56
        assert assessment.consensus.count() == 56
    approved = Submission.objects.filter(state=ReturnState.APPROVED)
    assert not approved.filter(error_count__gt=0).exists()
    told = {True: 0, False: 0}
    for one in (study := WhatChanged.objects.get()).sets:
        told[any(row["published"] for row in study.cells if row["set"] == one["key"])] += 1
    assert told == {True: 1, False: 1}
    assert set(Need.objects.values_list("state", flat=True)) >= {"proposed", "confirmed", "met"}
