"""Submitting with a receipt, reviewing with last years and changes, and the address of every move."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from reporting.enums import Move, QuestionState, ReturnState
from reporting.models import Explanation, Question, Submission
from reporting.selectors.reviews import load_review
from reporting.services.answers import AnswerChange, save_answers
from reporting.services.transitions import move
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.reporting import RoundFactory, SubmissionFactory, fill, sample
from tests.reporting.returns_in_review import NOW, complete_return, open_question, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def address(submission: Submission, page: str) -> str:
    return f"/a/{submission.association.slug}/returns/{submission.pk}/{page}/"


SEEN = {
    # submit, receipt, review
    "manager": (403, 404, 200),
    "reviewer": (403, 404, 200),
    "signatory": (200, 404, 403),
    "editor": (200, 404, 403),
    "other_signatory": (404, 404, 404),
    "donor": (404, 404, 404),
    "other_manager": (404, 404, 404),
    "stranger_signatory": (404, 404, 404),
    "operator": (404, 404, 404),
    "nobody": (404, 404, 404),
}


@pytest.mark.parametrize("part", SEEN)
def test_who_sees_which_page_of_a_draft(cast: Cast, part: str):
    draft = SubmissionFactory(round__association=cast.amani, institution=cast.kilimo)
    client = signed_in(cast.people[part])
    codes = tuple(client.get(address(draft, page)).status_code for page in ("submit", "receipt", "review"))
    assert codes == SEEN[part]
    insider = part in {"manager", "reviewer", "signatory", "editor", "other_signatory", "donor"}
    assert client.get(address(draft, "moves")).status_code == (405 if insider else 404)
    assert client.post(address(draft, "moves"), {"move": "approve"}).status_code == (
        403 if 200 in SEEN[part] else 404
    )


def test_the_return_of_one_association_is_not_under_the_address_of_another(cast: Cast):
    """Pamoja belongs to both."""
    submission = SubmissionFactory(round__association=cast.amani, institution=cast.pamoja)
    client = signed_in(cast.shared_signatory)
    assert client.get(f"/a/amani/returns/{submission.pk}/submit/").status_code == 200
    assert client.get(f"/a/baobab/returns/{submission.pk}/submit/").status_code == 404


def test_the_signatory_signs_and_gets_a_receipt(cast: Cast):
    submission = complete_return(cast)
    client = signed_in(cast.signatory)
    page = text_of(client.get(address(submission, "submit")))
    assert "Statement of the signatory" in page
    assert 'name="version" value="1"' in page
    for _ in range(2):  # a double click
        answer = client.post(address(submission, "submit"), {"version": "1", "certified_name": "Signatory"})
        assert answer["Location"] == address(submission, "receipt")
    receipt = text_of(client.get(address(submission, "receipt")))
    moved = Submission.objects.get(pk=submission.pk)
    assert moved.receipt_number in receipt
    assert moved.transitions.get().answers_sha256 in receipt
    assert client.get(address(submission, "submit"))["Location"] == address(submission, "receipt")


def test_an_editor_is_told_whom_to_ask(cast: Cast):
    submission = complete_return(cast)
    client = signed_in(cast.editor)
    page = text_of(client.get(address(submission, "submit")))
    assert "Ask your signatory to submit" in page
    assert "Signatory" in page
    assert "Sign and submit" not in page
    assert client.post(address(submission, "submit"), {"version": "1"}).status_code == 403
    assert Submission.objects.get(pk=submission.pk).state == ReturnState.DRAFT


def test_an_unfinished_return_says_what_is_left(cast: Cast):
    draft = SubmissionFactory(round__association=cast.amani, institution=cast.kilimo)
    client = signed_in(cast.signatory)
    page = text_of(client.get(address(draft, "submit")))
    assert "required questions are not answered" in page
    assert "Sign and submit" not in page
    refused = client.post(address(draft, "submit"), {"version": "1", "certified_name": "Signatory"})
    assert refused.status_code == 422
    assert "Not submitted" in text_of(refused)


def test_a_closed_round_is_said_before_anybody_signs(cast: Cast):
    submission = complete_return(cast)
    submission.round.closed_at = NOW
    submission.round.save()
    page = text_of(signed_in(cast.signatory).get(address(submission, "submit")))
    assert "The round is closed" in page
    assert "Sign and submit" not in page


def test_the_reviewer_goes_through_a_whole_review(cast: Cast):
    submission = complete_return(cast)
    move(submission_id=submission.pk, move=Move.SUBMIT, by=cast.signatory, at=NOW)
    client = signed_in(cast.reviewer)
    assert "Start review" in text_of(client.get(address(submission, "review")))
    moves = address(submission, "moves")
    assert client.post(moves, {"move": "start_review", "version": "2"}).status_code == 302
    refused = client.post(moves, {"move": "send_back", "version": "3", "comment": "  "})
    assert refused.status_code == 422
    assert "Ask at least one question first" in text_of(refused)
    form = text_of(client.get(address(submission, "review") + "?section=PRO&ask=branches_total"))
    assert 'id="ask"' in form
    asked = client.post(
        address(submission, "questions"),
        {"code": "branches_total", "section": "PRO", "text": "Why <i>so</i> many?"},
    )
    assert "?section=PRO#question-" in asked["Location"]
    assert escape("Why <i>so</i> many?") in text_of(client.get(asked["Location"]))
    client.post(moves, {"move": "send_back", "version": "3", "comment": "Branches <b>look</b> odd."})
    assert Submission.objects.get(pk=submission.pk).state == ReturnState.RETURNED
    page = text_of(client.get(address(submission, "review")))
    assert escape("Branches <b>look</b> odd.") in page
    assert "The MFI holds the return" in page
    asked = text_of(signed_in(cast.signatory).get(address(submission, "submit")))
    assert "What the association asked you to correct" in asked
    assert escape("Branches <b>look</b> odd.") in asked
    assert "Questions that you have not answered" in asked
    assert "Sign and submit" not in asked


def test_what_was_typed_comes_back_when_a_move_is_refused(cast: Cast):
    submission = put_into(
        SubmissionFactory(round__association=cast.amani, institution=cast.kilimo), ReturnState.IN_REVIEW
    )
    answer = signed_in(cast.reviewer).post(
        address(submission, "moves"), {"move": "send_back", "version": "9", "comment": "A long comment"}
    )
    assert answer.status_code == 422
    assert "moved since" in text_of(answer)
    assert ">A long comment</textarea>" in answer.content.decode()


@pytest.mark.parametrize("wanted", ["", "burn", "SUBMIT"])
def test_an_unknown_move_is_not_there(cast: Cast, wanted: str):
    draft = SubmissionFactory(round__association=cast.amani, institution=cast.kilimo)
    answer = signed_in(cast.signatory).post(address(draft, "moves"), {"move": wanted})
    assert answer.status_code == 404


def test_a_move_that_is_not_yours_is_forbidden(cast: Cast):
    submission = put_into(
        SubmissionFactory(round__association=cast.amani, institution=cast.kilimo), ReturnState.IN_REVIEW
    )
    for part, status in (("signatory", 403), ("other_signatory", 404), ("other_manager", 404)):
        answer = signed_in(cast.people[part]).post(address(submission, "moves"), {"move": "approve"})
        assert answer.status_code == status, part
    assert Submission.objects.get(pk=submission.pk).state == ReturnState.IN_REVIEW


def test_only_a_manager_is_offered_to_reopen(cast: Cast):
    submission = put_into(
        SubmissionFactory(round__association=cast.amani, institution=cast.kilimo), ReturnState.APPROVED
    )
    assert "Re-open the return" in text_of(signed_in(cast.manager).get(address(submission, "review")))
    page = text_of(signed_in(cast.reviewer).get(address(submission, "review")))
    assert "Re-open the return" not in page
    answer = signed_in(cast.manager).post(
        address(submission, "moves"), {"move": "reopen", "comment": "New audit.", "version": "1"}
    )
    assert answer["Location"] == address(submission, "review")


@pytest.fixture
def years(cast: Cast) -> Submission:
    """Kilimo's return of 2024 with two approved years before, back from a first review."""
    for year, branches in ((2022, 18), (2023, 20)):
        SubmissionFactory(
            round=RoundFactory(association=cast.amani, year=year),
            institution=cast.kilimo,
            approved=True,
            values=sample()["values"] | {"branches_total": branches},
        )
    submission: Submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani, year=2024), institution=cast.kilimo, filled=True
    )
    Submission.objects.filter(pk=submission.pk).update(state=ReturnState.IN_REVIEW)
    question = open_question(submission, cast.reviewer, text="Branches?")
    move(submission_id=submission.pk, move=Move.SEND_BACK, by=cast.reviewer, at=NOW)
    Question.objects.filter(pk=question.pk).update(state=QuestionState.RESOLVED)
    return Submission.objects.get(pk=submission.pk)


def change(submission: Submission, cast: Cast, code: str, value: Any, **more: Any) -> None:
    """The editor changes one answer after the first review."""
    version = submission.answers.get(code=code).version
    result = save_answers(
        submission_id=submission.pk,
        changes=[AnswerChange(code, value, expected_version=version, **more)],
        by=cast.editor,
        at=NOW + timedelta(days=1),
    )
    assert result.is_clean


def test_values_stand_beside_both_years_before(cast: Cast, years: Submission):
    rows = {row.part.code: row for section in load_review(years).sections for row in section.rows}
    row = rows["branches_total"]
    given = sample()["values"]["branches_total"]
    assert (row.value, row.last, row.before_last) == (given, 20, 18)
    assert row.change == pytest.approx(100 * (given - 20) / 20)
    assert rows["pct_female_borrowers"].in_points  # a derived percentage changes by points
    assert rows["pct_female_borrowers"].change == 0


def test_what_changed_since_the_last_review_is_marked(cast: Cast, years: Submission):
    assert load_review(years).changed_count == 0
    given = sample()["values"]["branches_total"]
    change(years, cast, "branches_total", given + 4, note="Four opened late in the year.")
    review = load_review(Submission.objects.get(pk=years.pk))
    rows = {row.part.code: row for section in review.sections for row in section.rows}
    assert {code for code, row in rows.items() if row.is_new} == {"branches_total"}
    earlier = rows["branches_total"].earlier
    assert earlier is not None
    assert (earlier.value, earlier.note) == (given, "")
    page = text_of(signed_in(cast.reviewer).get(address(years, "review")))
    assert "1 answer changed since staff last looked" in page
    assert f"was {given}" in page
    assert "Four opened late in the year." in page


def test_the_review_begins_with_what_to_look_at(cast: Cast, years: Submission):
    """A large move is on the first page, an answer as last year only in its section and on the page of all."""
    change(years, cast, "branches_total", 60)
    client = signed_in(cast.reviewer)
    first = text_of(client.get(address(years, "review")))
    assert 'id="row-branches_total"' in first
    assert "+200%" in first
    assert 'id="row-legal_form"' not in first
    section = text_of(client.get(address(years, "review"), {"section": "PRO"}))
    assert 'id="row-legal_form"' in section
    assert 'id="row-active_borrowers"' not in section
    everything = text_of(client.get(address(years, "review"), {"section": "all"}))
    assert everything.count('id="row-') > 100
    assert text_of(client.get(address(years, "review"), {"section": "<b>"})).count('id="row-') < 100


def test_years_have_no_change_and_words_get_the_width(cast: Cast, years: Submission):
    rows = {row.part.code: row for section in load_review(years).sections for row in section.rows}
    assert rows["sp_assessment_year"].change is None
    page = text_of(signed_in(cast.reviewer).get(address(years, "review"), {"section": "PRO"}))
    row = page.partition('id="row-legal_form"')[2].partition("</tr>")[0]
    assert 'colspan="5"' in row
    assert "The same in both years before" in row


def test_a_change_that_was_taken_back_is_no_change(cast: Cast, years: Submission):
    given = sample()["values"]["branches_total"]
    change(years, cast, "branches_total", given + 4)
    change(years, cast, "branches_total", given)
    assert load_review(Submission.objects.get(pk=years.pk)).changed_count == 0


def test_the_reviewer_reads_the_reason_of_each_warning(cast: Cast, years: Submission):
    review = load_review(years)
    assert review.warnings
    rule = review.warnings[0].finding.rule
    Explanation.objects.create(
        submission=years,
        association=years.association,
        institution=years.institution,
        rule=rule,
        reason="We bought <i>another</i> MFI.",
        given_at=NOW,
        given_by=cast.signatory,
    )
    page = text_of(signed_in(cast.reviewer).get(address(years, "review")))
    assert escape("We bought <i>another</i> MFI.") in page


def test_a_review_takes_as_many_queries_for_a_full_return_as_for_one_with_a_single_answer(cast: Cast):
    client = signed_in(cast.reviewer)
    counts = []
    for year, filled in ((2019, False), (2020, True)):
        submission = SubmissionFactory(
            round=RoundFactory(association=cast.amani, year=year), institution=cast.kilimo
        )
        # one file at least: files are asked for only where there are any
        fill(submission, sample()["values"] if filled else {"audited_financials": "audit.pdf"})
        client.get(address(submission, "review"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(submission, "review")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_every_page_of_the_catalogue_opens_for_those_it_concerns(cast: Cast):
    version = RoundFactory(association=cast.amani).catalogue
    own = RoundFactory(
        association=cast.baobab, catalogue__association=cast.baobab, catalogue__name="Baobab canary"
    ).catalogue
    for part in ("manager", "reviewer", "signatory", "editor", "donor"):
        client = signed_in(cast.people[part])
        assert "canary" not in text_of(client.get("/a/amani/catalogue/"))
        assert client.get(f"/a/amani/catalogue/{version.pk}/").status_code == 200
        found = text_of(client.get(f"/a/amani/catalogue/{version.pk}/", {"q": "women board"}))
        assert "board_members_female" in found
        assert "legal_form" not in found
        assert client.get(f"/a/amani/catalogue/{version.pk}/par30_ratio/").status_code == 200
        assert client.get(f"/a/amani/catalogue/{version.pk}/no_such/").status_code == 404
        assert client.get(f"/a/amani/catalogue/{own.pk}/").status_code == 404
    for part in ("other_manager", "operator", "nobody"):
        assert signed_in(cast.people[part]).get(f"/a/amani/catalogue/{version.pk}/").status_code == 404


def test_an_indicator_is_explained_in_words(cast: Cast):
    version = RoundFactory(association=cast.amani).catalogue
    text = text_of(signed_in(cast.editor).get(f"/a/amani/catalogue/{version.pk}/pct_female_borrowers/"))
    assert "100 × “Women among active borrowers” ÷ “Active borrowers”" in text
    assert "Dimension 1, Social strategy" in text
    nothing = text_of(signed_in(cast.editor).get(f"/a/amani/catalogue/{version.pk}/", {"q": "zzz"}))
    assert "Nothing found" in nothing
