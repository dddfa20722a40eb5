"""A return beside the member's earlier approved ones: what is loaded, what is compared, and in how many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.enums import ReturnState
from reporting.models import Submission
from reporting.selectors.returns import HISTORY_LENGTH, load_sheet, load_sheets
from reporting.services.answers import import_answers
from tests.factories.members import AssociationFactory, InstitutionFactory
from tests.factories.reporting import OPENED, RoundFactory, SubmissionFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

RULE = "T-his-staff_total"


def years(association, clients, last=2024):
    """A return for each figure, the newest of them a draft of the last year; earlier ones approved."""
    institution = InstitutionFactory()
    rounds = {
        year: association.rounds.filter(year=year).first() or RoundFactory(association=association, year=year)
        for year in range(last - len(clients) + 1, last + 1)
    }
    made = [
        SubmissionFactory(
            round=rounds[last - place],
            institution=institution,
            values={"staff_total": figure},
            approved=place > 0,
        )
        for place, figure in enumerate(reversed(clients))
    ]
    return made[0], made


def rules_of(submission):
    fresh = Submission.objects.select_related("association", "institution", "round__catalogue").get(
        pk=submission.pk
    )
    return {one.rule for one in load_sheet(fresh).findings}


@pytest.fixture
def association():
    return AssociationFactory()


def test_a_figure_out_of_its_usual_range_is_found_from_the_database(association):
    """Half the staff is within what a year may bring; not for a member whose staff never moved."""
    now, _ = years(association, [200, 203, 199, 202, 101])
    assert load_sheet(now).history["staff_total"] == [202, 199, 203, 200]
    assert RULE in rules_of(now)
    usual, _ = years(association, [200, 203, 199, 202, 215])
    assert RULE not in rules_of(usual)
    new, _ = years(association, [203, 199, 202, 101])
    assert RULE not in rules_of(new), "three earlier returns are too few"


def test_only_approved_returns_make_history(association):
    now, made = years(association, [200, 203, 199, 202, 101])
    Submission.objects.filter(pk=made[2].pk).update(state=ReturnState.SUBMITTED)
    assert load_sheet(now).history == {}, "three are too few to be read at all"
    assert RULE not in rules_of(now)


def test_amounts_in_another_currency_are_left_out_and_numbers_of_people_kept(association):
    now, made = years(association, [200, 203, 199, 202, 101])
    for place, submission in enumerate(made[1:]):
        import_answers(submission_id=submission.pk, values={"total_assets": 1_000 + place}, at=OPENED)
    Submission.objects.filter(pk=made[2].pk).update(currency="XOF")
    history = load_sheet(now).history
    assert history["staff_total"] == [202, 199, 203, 200]
    assert history["total_assets"] == [1_000, 1_002, 1_003]


def test_another_associations_returns_are_no_history(association):
    now, _ = years(association, [200, 203, 199, 202, 101])
    elsewhere = RoundFactory(association=AssociationFactory(), year=2019)
    SubmissionFactory(round=elsewhere, institution=now.institution, values={"staff_total": 9}, approved=True)
    assert load_sheet(now).history["staff_total"] == [202, 199, 203, 200]


def test_no_more_than_eight_years_are_read(association):
    now, _ = years(association, [300, *range(200, 209), 210])
    assert load_sheet(now).history["staff_total"] == list(range(208, 208 - HISTORY_LENGTH, -1))


def test_a_round_with_history_takes_the_same_queries_for_one_and_three_members(association):
    now, _ = years(association, [200, 203, 199, 202, 101])
    load_sheets(now.round)  # the catalogue is read once per process
    counts = []
    for members in (0, 2):
        for _ in range(members):
            years(association, [200, 203, 199, 202, 101])
        with CaptureQueriesContext(connection) as captured:
            sheets = load_sheets(now.round)
            assert all(RULE in {one.rule for one in sheet.findings} for sheet in sheets)
        counts.append((len(sheets), len(captured)))
    assert [sheets for sheets, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]
    assert counts[0][1] <= 8
