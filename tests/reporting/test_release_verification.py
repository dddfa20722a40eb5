"""How far the values of a release were checked: frozen with each member, told with each figure, and no further."""

import io
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from docx import Document
from openpyxl import load_workbook

from members.models import Association
from reporting.datasets.measures import plan
from reporting.datasets.report import build_report
from reporting.datasets.report_docx import report_docx
from reporting.datasets.report_xlsx import report_xlsx
from reporting.datasets.verification_words import verification_words
from reporting.enums import VerificationLevel
from reporting.models import Answer, Release, ReleaseCell, ReleaseMember
from reporting.selectors.releases import with_round
from reporting.selectors.returns import load_sheets
from reporting.services.release_cells import Inputs
from reporting.services.release_verification import levels_of, tell_levels
from reporting.services.releases import publish
from tests.factories.members import AssociationFactory
from tests.factories.releases import approved_round, institutions
from tests.factories.reporting import OPENED, default_catalogue

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SELF, STAFF, SEEN, AUDITED = VerificationLevel.values


@pytest.fixture
def published(db: None) -> Release:
    """Ten contributors; borrowers are checked by all, seen for six; the portfolio only by two."""
    association: Association = AssociationFactory(slug="aaa", currency="KES")
    members = institutions(association, 10)
    of_round = approved_round(association, members)
    borrowers = Answer.objects.filter(submission__round=of_round, code="active_borrowers")
    borrowers.update(verification=STAFF)
    borrowers.filter(submission__institution__in=members[:5]).update(verification=SEEN)
    Answer.objects.filter(
        submission__round=of_round, code="gross_loan_portfolio", submission__institution__in=members[:2]
    ).update(verification=AUDITED)
    return publish(round_id=of_round.pk, by=None, at=OPENED)


def test_levels_are_frozen_with_each_member_derived_ones_as_their_least_checked_input(
    published: Release,
) -> None:
    frozen = list(ReleaseMember.objects.filter(release=published))
    assert {one.verification["active_borrowers"] for one in frozen} == {STAFF, SEEN}
    assert sum("gross_loan_portfolio" in one.verification for one in frozen) == 2
    catalogue = default_catalogue()
    for sheet in load_sheets(published.round):
        found = levels_of(sheet)
        assert SELF not in found.values()
        for derived in catalogue.derived:
            inputs = [code for code in catalogue.inputs_of(derived.code) if code in sheet.answers]
            if any(sheet.answers[code].verification == SELF for code in inputs):
                assert derived.code not in found


def test_published_cells_say_it_and_withheld_ones_say_nothing(published: Release) -> None:
    cells = ReleaseCell.objects.filter(release=published)
    told = {
        cell.code: cell.verification
        for cell in cells.filter(published=True)
        if cell.code in {"active_borrowers", "gross_loan_portfolio"}
    }
    assert told["active_borrowers"] == {"most": SEEN, "at_least": {SEEN: 50}}
    assert told.get("gross_loan_portfolio", {"most": SELF}) == {"most": SELF}
    assert all(cell.verification == {} for cell in cells.filter(published=False))
    assert all(cell.verification for cell in cells.filter(published=True) if "panel" not in cell.statistic)


def test_the_report_says_it_under_charts_and_in_tables(published: Release) -> None:
    with translation.override("en"):
        report = build_report(with_round(Release.objects.all()).get(pk=published.pk), "en")
    figures = [figure for chapter in report.chapters for figure in chapter.figures]
    assert any("self-reported" in figure.checked for figure in figures)
    tables = report.chapter("tables")
    assert tables is not None
    rows = [row for block in tables.blocks for row in getattr(block, "rows", ())]
    assert {"self-reported", "with evidence"} <= {row[-1] for row in rows}
    assert all(
        len(row) == len(block.headers) for block in tables.blocks for row in getattr(block, "rows", ())
    )


def test_the_report_says_it_on_key_figures_and_in_every_form_of_the_file(published: Release) -> None:
    found = with_round(Release.objects.all()).get(pk=published.pk)
    cell = ReleaseCell.objects.get(release=found, code="active_borrowers", statistic="sum", group="")
    words = verification_words(cell.verification)
    assert words == "50% with evidence or better"
    report = build_report(found, "en")
    tile = next(one for one in report.key_figures if one.label == "Active borrowers")
    assert tile.checked == words
    assert words in render_to_string("components/tiles.html", {"tiles": report.key_figures})
    outreach = next(chapter for chapter in report.chapters if chapter.code == "outreach")
    assert words in [one.checked for one in outreach.key_figures]
    with translation.override("en"):
        document = Document(io.BytesIO(report_docx(report, {})))
        book = load_workbook(io.BytesIO(report_xlsx(report, [])))
    assert any(words in cell.text for table in document.tables for cell in table.rows[0].cells)
    assert any(cell.value == words for row in book.worksheets[0].iter_rows() for cell in row)


@pytest.mark.parametrize("is_public", [False, True])
def test_a_chart_of_progress_says_how_far_both_years_were_checked(db: None, is_public: bool) -> None:
    association: Association = AssociationFactory(slug="aaa", currency="KES")
    members = institutions(association, 10)
    then, now = (approved_round(association, members, year=year) for year in (2023, 2024))
    Answer.objects.filter(submission__round=now).update(verification=STAFF)
    publish(round_id=then.pk, by=None, at=OPENED)
    release = publish(round_id=now.pk, by=None, at=OPENED, is_public=is_public)
    report = build_report(with_round(Release.objects.all()).get(pk=release.pk), "en")
    progress = report.chapter("progress")
    assert progress is not None
    words = "2024, all members: half or more checked by staff"
    if not is_public:  # the edition before was not opened to everybody
        words = f"2023, all members: mostly self-reported; {words}"
    assert [figure.checked for figure in progress.figures] == [words]


def test_a_peer_group_gets_the_word_and_no_share() -> None:
    planned = [
        one
        for one in plan(default_catalogue(), sections=None, full_form=True)
        if (one.measure.code, one.measure.kind) == ("active_borrowers", "sum")
    ]
    keys = [str(place) for place in range(20)]
    inputs = Inputs(
        names={key: {"active_borrowers": 5} for key in keys},
        owners={key: key for key in keys},
        currency="KES",
        outside=frozenset(),
    )
    members: Any = [
        ReleaseMember(institution_id=key, verification={"active_borrowers": SEEN} if int(key) < 10 else {})
        for key in keys
    ]
    common: dict[str, Any] = {"code": "active_borrowers", "statistic": "sum", "published": True, "value": 1}
    whole, group, unknown = (ReleaseCell(**common, group=name) for name in ("", "small-1", "other-1"))
    withheld = ReleaseCell(code="active_borrowers", statistic="sum", published=False, reason="x")
    tell_levels(
        [whole, group, unknown, withheld], planned, members, inputs, minimum=5, groups={"small-1": keys[:12]}
    )
    assert whole.verification == {"most": SEEN, "at_least": {SEEN: 50}}
    assert group.verification == {"most": SEEN}
    assert unknown.verification == {}
    assert withheld.verification == {}
