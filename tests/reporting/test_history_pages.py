"""The history of a return and of a value: old, new, who, why and from where, for those who see the return."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.datasets.history import history_of, lines_of
from reporting.enums import AnswerSource, Move, ReturnState
from reporting.models import Submission
from reporting.selectors.returns import load_sheet
from reporting.services.answers import AnswerChange, explain, save_answers
from reporting.services.transitions import move
from tests.browsers import signed_in, text_of
from tests.cast import Cast
from tests.factories.reporting import RoundFactory, SubmissionFactory
from tests.reporting.returns_in_review import NOW, open_question, put_into

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def draft(cast: Cast) -> Submission:
    made: Submission = SubmissionFactory(
        round=RoundFactory(association=cast.amani), institution=cast.kilimo, values={"branches_total": 20}
    )
    return made


def change(submission: Submission, cast: Cast, value: object, days: int = 0, **more: object) -> None:
    version = submission.answers.get(code="branches_total").version
    result = save_answers(
        submission_id=submission.pk,
        changes=[AnswerChange("branches_total", value, expected_version=version, **more)],  # type: ignore[arg-type]
        by=cast.editor,
        at=NOW + timedelta(days=days),
        source=AnswerSource.WORKBOOK,
    )
    assert result.is_clean


def test_a_value_shows_old_new_who_why_and_from_where(cast: Cast, draft: Submission):
    change(draft, cast, 24, note="Four <b>opened</b>.")
    change(draft, cast, None, days=1, missing="not_tracked")
    lines = lines_of(draft, history_of(draft, "branches_total"))
    assert [(line.old, line.new, line.by, line.source) for line in lines] == [
        ("24", "Not tracked", "Editor", "Workbook"),
        ("20", "24", "Editor", "Workbook"),
        ("no answer", "20", "", "Import"),
    ]
    assert lines[1].why == "Four <b>opened</b>."
    page = text_of(signed_in(cast.signatory).get(f"/a/amani/returns/{draft.pk}/history/branches_total/"))
    assert "Four &lt;b&gt;opened&lt;/b&gt;." in page
    assert signed_in(cast.signatory).get(f"/a/amani/returns/{draft.pk}/history/nothing/").status_code == 404


def test_moves_and_questions_stand_in_the_same_timeline(cast: Cast, draft: Submission):
    put_into(draft, ReturnState.IN_REVIEW)
    open_question(draft, cast.reviewer, text="Why twenty?")
    open_question(draft, cast.reviewer, "legal_form", text="Since when?")
    move(submission_id=draft.pk, move=Move.SEND_BACK, by=cast.reviewer, at=NOW + timedelta(days=1))
    change(draft, cast, 24, days=2)
    kinds = [line.kind for line in lines_of(draft, history_of(draft))]
    assert kinds == ["answer", "move", "question", "question", "answer"]
    of_value = lines_of(draft, history_of(draft, "branches_total"))
    assert [line.kind for line in of_value] == ["answer", "question", "answer"]
    assert "Since when?" not in {line.why for line in of_value}


def test_a_reason_that_was_taken_back_stays_visible(cast: Cast):
    before = RoundFactory(association=cast.amani, year=2023)
    SubmissionFactory(round=before, institution=cast.kilimo, filled=True, approved=True)
    held = SubmissionFactory(round=RoundFactory(association=cast.amani), institution=cast.kilimo, filled=True)
    rule = load_sheet(held).warnings[0].rule
    for reason in ("We merged.", ""):
        explain(submission_id=held.pk, rule=rule, reason=reason, by=cast.editor, at=NOW)
    lines = [line for line in lines_of(held, history_of(held)) if line.kind == "reason"]
    assert [line.why for line in lines] == ["We merged.", "We merged."]
    assert {line.by for line in lines} == {"Editor"}
    assert "taken back" in lines[0].title


def test_history_is_for_those_who_see_the_return(cast: Cast, draft: Submission):
    for part, user in cast.people.items():
        wanted = 200 if part in {"manager", "second_manager", "reviewer", "signatory", "editor"} else 404
        for page in ("history/", "history/branches_total/"):
            assert signed_in(user).get(f"/a/amani/returns/{draft.pk}/{page}").status_code == wanted, part


def test_a_long_history_takes_the_queries_of_a_short_one(cast: Cast, draft: Submission):
    client = signed_in(cast.reviewer)
    address = f"/a/amani/returns/{draft.pk}/history/"
    open_question(draft, cast.reviewer)
    change(draft, cast, 1)
    counts = []
    for values in ((2,), (3, 4, 5)):
        for day, value in enumerate(values):
            change(draft, cast, value, days=day)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
