"""The workbench of a reviewer: peers as the gate let them through, documents, four eyes, and the keys it announces."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.html import escape

from members.models import Association
from reporting.enums import Move, QuestionState, ReturnState
from reporting.models import Question, Release, ReleaseCell, Round, Submission
from reporting.selectors.peers import peers_of
from reporting.selectors.reviews import load_review
from reporting.services.answers import AnswerChange, save_answers
from reporting.services.signatures import four_eyes_on
from reporting.services.transitions import MoveRefused, move
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.evidence import CitationFactory, EvidenceFactory
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, complete_return, open_question, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def held(cast: Cast) -> Submission:
    """Kilimo's filled return, in review."""
    made = SubmissionFactory(
        round=RoundFactory(association=cast.amani, year=2024), institution=cast.kilimo, filled=True
    )
    return put_into(made, ReturnState.IN_REVIEW)


def release_of(
    of_round: Round,
    number: int = 1,
    *,
    groups: list[dict[str, Any]] | None = None,
    **cells: tuple[float, float] | None,
) -> Release:
    """An edition with the quartiles of these codes (None: the gate let nothing through), offering these peer groups."""
    made = Release.objects.create(
        association=of_round.association,
        round=of_round,
        number=number,
        catalogue=of_round.catalogue,
        invited_count=12,
        contributor_count=12,
        method={"currency": "KES"} if groups is None else {"currency": "KES", "groups": groups},
        input_sha256="0" * 64,
        published_at=NOW,
    )
    for position, (code, quartiles) in enumerate(cells.items()):
        common: dict[str, Any] = {
            "release": made,
            "code": code,
            "statistic": "quartiles",
            "position": position,
        }
        if quartiles is None:
            ReleaseCell.objects.create(**common, published=False, reason="too_few")
            continue
        for category, value in zip(("lower", "upper"), quartiles, strict=True):
            ReleaseCell.objects.create(
                **common, published=True, category=category, value=value, n_band="10-19"
            )
    return made


def row_of(page: str, code: str) -> str:
    """The row of a value in the page."""
    return page.partition(f'id="row-{code}"')[2].partition("</tr>")[0]


def test_peers_are_the_newest_published_quartiles_and_nothing_else(cast: Cast, held: Submission):
    before = RoundFactory(association=cast.amani, year=2022, name="Report of long ago")
    last = RoundFactory(association=cast.amani, year=2023, name="Report of last year")
    release_of(before, branches_total=(1, 2), board_members=(3, 4))
    release_of(last, branches_total=(5, 6))
    release_of(last, number=2, branches_total=(7, 19), board_members=None, gross_loan_portfolio=(100, 900))
    release_of(RoundFactory(association=cast.baobab, year=2024), branches_total=(71_113, 71_119))
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{held.pk}/review/", {"section": "all"}))
    assert "7 – 19" in row_of(page, "branches_total")
    assert "n = 10-19" in row_of(page, "branches_total")
    assert "n = " not in row_of(page, "board_members")  # withheld: not told from an older edition either
    assert "100 – 900" in row_of(page, "gross_loan_portfolio")
    assert "as published for “Report of last year”" in page
    assert "71,11" not in page
    Submission.objects.filter(pk=held.pk).update(currency="UGX")
    other = load_review(Submission.objects.get(pk=held.pk))
    peers = {row.part.code: row.peers for section in other.sections for row in section.rows}
    assert peers["gross_loan_portfolio"] is None  # an amount in another currency
    assert peers["branches_total"] is not None


def test_without_a_release_there_are_no_peers(cast: Cast, held: Submission):
    assert peers_of(Association.objects.get(pk=cast.amani.pk)).ranges == {}
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{held.pk}/review/"))
    assert "as published for" not in page


def test_cited_documents_stand_beside_the_answer_as_far_as_the_mfi_lets_them(cast: Cast, held: Submission):
    for title, confidentiality in (("Loan policy", "association"), ("Payroll list", "mfi")):
        document = EvidenceFactory(
            institution=held.institution,
            title=title,
            year=2023,
            confidentiality=confidentiality,
            file="x.pdf",
        )
        CitationFactory(submission=held, code="branches_total", evidence=document, place="p. 4")
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{held.pk}/review/", {"section": "PRO"}))
    row = row_of(page, "branches_total")
    assert "Loan policy (2023), p. 4</a>" in row
    assert "A document of 2023 that the MFI keeps to itself" in row
    assert "Payroll" not in page


def test_four_eyes_say_who_may_not_approve_and_who_may(cast: Cast, held: Submission):
    address = f"/a/amani/returns/{held.pk}/"
    Round.objects.filter(pk=held.round_id).update(four_eyes=True)
    question = open_question(held, cast.reviewer)
    Question.objects.filter(pk=question.pk).update(state=QuestionState.RESOLVED)
    mine = text_of(signed_in(cast.reviewer).get(f"{address}review/"))
    assert "somebody else of the staff approves it" in mine
    assert f"Who can: {', '.join(str(one) for one in four_eyes_on(held).left)}." in mine
    assert re.search(r'value="approve"[^>]* disabled', mine)
    refused = signed_in(cast.reviewer).post(f"{address}moves/", {"move": "approve", "version": held.version})
    assert refused.status_code == 422
    others = text_of(signed_in(cast.manager).get(f"{address}review/"))
    assert "you did not review this return" in others
    assert not re.search(r'value="approve"[^>]* disabled', others)
    signed_in(cast.manager).post(f"{address}moves/", {"move": "approve", "version": held.version})
    assert Submission.objects.get(pk=held.pk).state == ReturnState.APPROVED


def test_the_page_says_its_keys_and_where_they_stop(cast: Cast, held: Submission):
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{held.pk}/review/", {"section": "PRO"}))
    assert page.count("<kbd>") == 7
    assert "data-stop" not in row_of(page, "branches_total").partition(">")[0]
    open_question(held, cast.reviewer)
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{held.pk}/review/", {"section": "PRO"}))
    assert "data-stop" in row_of(page, "branches_total").partition(">")[0]


def test_it_goes_back_with_a_question_and_comes_forward_with_what_changed(cast: Cast):
    submission = complete_return(cast)
    step: dict[str, Any] = {"submission_id": submission.pk, "at": NOW}
    move(**step, move=Move.SUBMIT, by=cast.signatory)
    move(**step, move=Move.START_REVIEW, by=cast.reviewer)
    with pytest.raises(MoveRefused, match="Ask at least one question"):
        move(**step, move=Move.SEND_BACK, by=cast.reviewer)
    question = open_question(submission, cast.reviewer)
    move(**step, move=Move.SEND_BACK, by=cast.reviewer)
    was = submission.answers.get(code="branches_total")
    change = AnswerChange("branches_total", 77, expected_version=was.version)
    later = NOW + timedelta(hours=1)
    assert save_answers(submission_id=submission.pk, changes=[change], by=cast.editor, at=later).is_clean
    with pytest.raises(MoveRefused, match="not answered"):
        move(**step, move=Move.SUBMIT, by=cast.signatory)
    signed_in(cast.editor).post(
        f"/a/amani/questions/{question.pk}/", {"step": "answer", "text": "We merged."}
    )
    told = text_of(signed_in(cast.signatory).get(f"/a/amani/returns/{submission.pk}/submit/"))
    assert "What changed since the association last looked" in told
    assert "<strong>77</strong>" in told
    moved = move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW + timedelta(days=1))
    assert moved.state == ReturnState.RESUBMITTED
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{submission.pk}/review/"))
    assert "1 answer changed since staff last looked" in page
    assert "Changed since your last review" in row_of(page, "branches_total")
    assert "We merged." in page


def test_a_thread_lives_on_where_an_answer_hides_its_question(cast: Cast, held: Submission):
    """The year of an assessment is asked only of those that had one."""
    open_question(held, cast.reviewer, "sp_assessment_year", text="Which <b>year</b>?")
    put_into(held, ReturnState.RETURNED)
    held.answers.filter(code="sp_assessment_done").update(flag=False)
    review = load_review(Submission.objects.get(pk=held.pk))
    assert "sp_assessment_year" not in {row.part.code for section in review.sections for row in section.rows}
    page = text_of(signed_in(cast.reviewer).get(f"/a/amani/returns/{held.pk}/review/"))
    assert "Questions on values that are not asked now" in page
    assert escape("Which <b>year</b>?") in page
    question = Question.objects.get()
    for user in (cast.reviewer, cast.editor):
        assert escape("Which <b>year</b>?") in text_of(signed_in(user).get("/a/amani/questions/"))
    answer = signed_in(cast.editor).post(
        f"/a/amani/questions/{question.pk}/", {"step": "answer", "text": "None any more."}
    )
    assert answer.status_code == 302
    assert Question.objects.get().state == QuestionState.ANSWERED
