"""The page on which a reviewer says how far answers were checked, and where the MFI sees it."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from reporting.datasets.form_document import build_form
from reporting.enums import ReturnState, VerificationLevel
from reporting.models import Answer, Submission
from reporting.selectors.returns import load_sheet
from reporting.selectors.verification import levels_mark
from reporting.services.answers import import_answers
from reporting.services.verification import Audit, set_level
from reporting.workbooks.writer import write
from tests.api.reading import ask
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, put_into
from tests.reporting.test_verification import cited
from tests.reporting.test_workbench import row_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SELF, STAFF, SEEN, AUDITED = VerificationLevel


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's filled return, in review."""
    made = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True)
    return put_into(made, ReturnState.IN_REVIEW)


def review(held: Submission) -> str:
    return f"/a/amani/returns/{held.pk}/review/"


def post(cast: Cast, held: Submission, **sent: str) -> object:
    sent = {"version": str(held.version), "level": STAFF, **sent}
    return signed_in(cast.reviewer).post(f"/a/amani/returns/{held.pk}/levels/", sent)


def level_of(held: Submission, code: str) -> str:
    return Answer.objects.get(submission=held, code=code).verification


def test_one_answer_is_chosen_from_those_on_the_page(cast: Cast, held: Submission) -> None:
    page = text_of(signed_in(cast.reviewer).get(review(held), {"section": "PRO"}))
    assert '<option value="answer:branches_total"' in page
    assert '<option value="answer:total_assets"' not in page
    assert '<option value="section:PRO" selected>' in page
    assert "all self-reported" in page
    assert "Checked by staff" not in row_of(page, "branches_total")
    answered = post(cast, held, which="answer:branches_total", section="PRO")
    assert answered.status_code == 302
    assert answered["Location"] == f"{review(held)}?section=PRO#levels"
    page = text_of(signed_in(cast.reviewer).get(review(held), {"section": "PRO"}))
    assert "branches_total · Checked by staff" in row_of(page, "branches_total")
    assert "1 of " in page


def test_a_section_and_the_whole_return(cast: Cast, held: Submission) -> None:
    post(cast, held, which="section:PRO")
    assert level_of(held, "branches_total") == STAFF
    assert level_of(held, "total_assets") == SELF
    post(cast, held, which="all")
    assert level_of(held, "total_assets") == STAFF


def test_a_refusal_stands_at_the_control_with_what_was_chosen(cast: Cast, held: Submission) -> None:
    answered = post(cast, held, which="answer:branches_total", level=SEEN, section="PRO")
    assert answered.status_code == 422
    page = text_of(answered)
    assert "cites no document and has no file" in page
    assert '<option value="answer:branches_total" selected>' in page
    assert '<option value="evidence_seen" selected>' in page
    answered = post(cast, held, which="all", level=AUDITED, auditor="Mwangi <b>", audited_on="soon")
    page = text_of(answered)
    assert "Say when the audit ended" in page
    assert 'value="Mwangi &lt;b&gt;"' in page
    assert post(cast, held, which="all", level="certain").status_code == 422
    assert post(cast, held, which="section:NONE").status_code == 422
    assert post(cast, held, which="answer:none").status_code == 422
    assert post(cast, held, which="all", version="99").status_code == 422
    assert not Answer.objects.filter(submission=held).exclude(verification=SELF).exists()


def test_audited_is_offered_where_accounts_are_cited(cast: Cast, held: Submission) -> None:
    import_answers(submission_id=held.pk, values={"data_sources": ["mis", "unaudited"]}, at=NOW)
    page = text_of(signed_in(cast.reviewer).get(review(held)))
    assert 'value="proposed"' not in page
    import_answers(submission_id=held.pk, values={"data_sources": ["audited"]}, at=NOW)
    cited(held, cast.editor, "total_assets", "net_income")
    page = text_of(signed_in(cast.reviewer).get(review(held)))
    assert "2 financial answers cite audited accounts" in page
    post(cast, held, which="proposed", level=AUDITED, auditor="Mwangi & Partners", audited_on="2025-02-20")
    assert level_of(held, "total_assets") == level_of(held, "net_income") == AUDITED
    assert level_of(held, "gross_loan_portfolio") == SELF


def test_before_the_review_there_is_no_control(cast: Cast, held: Submission) -> None:
    put_into(held, ReturnState.SUBMITTED)
    page = text_of(signed_in(cast.reviewer).get(review(held)))
    assert "How far checked" in page
    assert 'name="level"' not in page


def test_the_review_takes_the_same_queries_however_much_was_checked(cast: Cast, held: Submission) -> None:
    client = signed_in(cast.reviewer)
    client.get(review(held))
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(review(held), {"section": "all"})
        counts.append(len(seen))
        set_level(submission_id=held.pk, level=STAFF, by=cast.reviewer, at=NOW)
    assert counts[0] == counts[1]


def test_the_history_tells_each_act_once_and_on_the_value(cast: Cast, held: Submission) -> None:
    set_level(submission_id=held.pk, level=STAFF, by=cast.reviewer, at=NOW, section="PRO")
    audit = Audit("Mwangi & Partners", date(2025, 2, 20))
    set_level(
        submission_id=held.pk, level=AUDITED, by=cast.manager, at=NOW, codes=["total_assets"], audit=audit
    )
    page = text_of(signed_in(cast.editor).get(f"/a/amani/returns/{held.pk}/history/"))
    assert page.count("Checked by staff:") == 1
    assert page.count("Audited by a third party:") == 1
    assert "Mwangi &amp; Partners" in page
    value = text_of(signed_in(cast.editor).get(f"/a/amani/returns/{held.pk}/history/branches_total/"))
    assert "Checked by staff" in value
    assert "Audited" not in value


def test_the_printed_form_says_it_and_is_printed_anew(cast: Cast, held: Submission) -> None:
    def document() -> tuple[object, dict[str, str]]:
        sheet = load_sheet(held)
        with translation.override("en"):
            found = build_form(sheet, is_filled=True, at=NOW, fingerprint="x", cited={})
        return levels_mark(sheet), {
            line.label: line.level for part in found.parts for line in part.lines if line.level
        }

    before, none = document()
    assert none == {}
    set_level(submission_id=held.pk, level=STAFF, by=cast.reviewer, at=NOW, codes=["branches_total"])
    after, levels = document()
    assert levels == {load_sheet(held).catalogue.labels["branches_total"]: "Checked by staff"}
    assert before != after


def test_the_workbook_says_it_beside_the_question_and_on_its_cover(cast: Cast, held: Submission) -> None:
    set_level(submission_id=held.pk, level=STAFF, by=cast.reviewer, at=NOW, codes=["branches_total"])
    book = load_workbook(BytesIO(write(load_sheet(held), language="en", at=NOW)))
    said = [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert sum(text.endswith("\nChecked by staff") for text in said) == 1
    assert sum("answers checked" in text for text in said) == 1


def test_the_api_tells_each_level_and_how_many(cast: Cast, held: Submission) -> None:
    set_level(submission_id=held.pk, level=STAFF, by=cast.reviewer, at=NOW, codes=["branches_total"])
    told = ask(cast.editor, f"returns/{held.pk}/").json
    answers = {one["code"]: one["verification"] for one in told["answers"]}
    assert answers["branches_total"] == "staff_checked"
    assert answers["total_assets"] == "self_reported"
    assert told["checked"]["staff_checked"] == 1
    assert told["checked"]["evidence_seen"] == told["checked"]["audited"] == 0
    assert told["checked"]["answers"] > 50


def test_the_mfi_sees_the_levels_in_its_return(cast: Cast, held: Submission) -> None:
    set_level(submission_id=held.pk, level=STAFF, by=cast.reviewer, at=NOW, codes=["branches_total"])
    for state in (ReturnState.IN_REVIEW, ReturnState.RETURNED):
        put_into(held, state)
        overview = text_of(signed_in(cast.editor).get(f"/a/amani/returns/{held.pk}/"))
        assert "answers checked" in overview
        section = text_of(signed_in(cast.editor).get(f"/a/amani/returns/{held.pk}/sections/PRO/"))
        field = section.partition('id="f-branches_total"')[2].partition('id="f-')[0]
        assert "Checked by staff" in field
        assert section.count("Checked by staff") == 1
