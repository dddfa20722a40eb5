"""The demonstration: plausible, deterministic, and something worth seeing in every state."""

from datetime import UTC, datetime

import pytest

from capacity.enums import DutyState, OfferState, PlanStatus, Stage
from capacity.models import Assessment, Obligation, PlanItem, SupportOffer
from members.enums import Role
from members.models import Institution, RoleAssignment
from reporting.catalogue import Severity
from reporting.demo.build import build_demo
from reporting.demo.cast import INSTITUTIONS
from reporting.demo.figures import returns_of
from reporting.enums import ReturnState
from reporting.models import Release, Submission
from reporting.validation import findings
from tests.reporting.engine import default_catalogue

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
YEARS = range(2023, 2026)


@pytest.mark.parametrize("institution", INSTITUTIONS, ids=lambda each: each.short_name)
def test_figures_are_the_same_each_time_and_break_no_rule(institution):
    first, again = returns_of(institution, YEARS), returns_of(institution, YEARS)
    assert first == again
    before = before_context = None
    for year, values in first.items():
        context = {"reporting_year": year, "exchange_rate_usd": 129.0, "gni_per_capita": 280_000}
        found = findings(
            default_catalogue(),
            values,
            missing={},
            context=context,
            previous=before,
            previous_context=before_context,
        )
        assert [one.message for one in found if one.severity is Severity.ERROR] == []
        before, before_context = values, context


@pytest.mark.django_db
def test_demonstration_shows_every_state_and_every_role():
    demo = build_demo(at=AT)
    assert Institution.objects.count() == 24
    assert [round_.is_open for round_ in demo.association.rounds.order_by("year")] == [False, False, True]
    assert list(Release.objects.order_by("round__year").values_list("round__year", "number")) == [
        (2023, 1),
        (2024, 1),
    ]
    last = Submission.objects.filter(round=demo.rounds[-1])
    assert set(last.values_list("state", flat=True)) == set(ReturnState)
    assert last.filter(state=ReturnState.DRAFT, answered_count=0).exists()
    assert last.filter(warning_count__gt=0, unexplained_count=0).exists()
    assert last.filter(unexplained_count__gt=0, error_count__gt=0).exists()
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
